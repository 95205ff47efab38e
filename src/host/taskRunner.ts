import {
  CustomExecution,
  commands,
  ProcessExecution,
  type ProcessExecutionOptions,
  ShellExecution,
  Task,
  TaskScope,
  tasks,
  window,
} from 'vscode';
import type { ActionRunner } from '../alerts/ports.ts';
import type { Log } from '../base/log.ts';
import type { BudgetEpisode } from '../domain/episode.ts';
import type { Action } from '../domain/settings.ts';
import { messageText, withoutVariables } from '../presentation/text.ts';

type Phase = 'breach' | 'normal';

/** Runs the command or the task of `pvcwatch.onBreach` and `pvcwatch.onNormal`; a failure is one message. */
export function actionRunner(log: Log): ActionRunner {
  return {
    run(action, phase, episode) {
      log.info(`Runs ${describe(action)} for ${episode.subject} of ${episode.contextName}.`);
      const run = action.kind === 'command' ? runCommand(action, phase, episode) : runTask(action, phase, episode);
      run.catch((error: unknown) => {
        const setting = phase === 'breach' ? 'pvcwatch.onBreach' : 'pvcwatch.onNormal';
        const reason = error instanceof Error ? error.message : String(error);
        log.error(`${setting}: ${reason}`);
        void window.showWarningMessage(messageText(`${setting}: ${describe(action)} could not be run. ${reason}`));
      });
    },
  };
}

function describe(action: Action): string {
  return action.kind === 'command' ? `the command ${action.command}` : `the task "${action.task}"`;
}

async function runCommand(
  action: Extract<Action, { readonly kind: 'command' }>,
  phase: Phase,
  episode: BudgetEpisode,
): Promise<void> {
  await commands.executeCommand(action.command, ...action.args, facts(phase, episode));
}

/** The episode as plain JSON; sizes as decimal strings, because a JSON number cannot hold them all. */
function facts(phase: Phase, episode: BudgetEpisode): Readonly<Record<string, string | number | boolean | undefined>> {
  return {
    phase,
    context: episode.contextName,
    subject: episode.subject,
    demo: episode.demo,
    claimedBytes: String(episode.claimedBytes),
    budgetBytes: String(episode.budgetBytes),
    openedAt: new Date(episode.openedMs).toISOString(),
    closedAt: episode.closedMs === undefined ? undefined : new Date(episode.closedMs).toISOString(),
    latestClaim: episode.latest ? `${episode.latest.namespace}/${episode.latest.name}` : undefined,
    latestBytes: episode.latest ? String(episode.latest.deltaBytes) : undefined,
  };
}

/** `claimedBytes` → `PVCWATCH_CLAIMED_BYTES`. */
function environment(phase: Phase, episode: BudgetEpisode): Record<string, string> {
  const entries = Object.entries(facts(phase, episode)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      `PVCWATCH_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
      withoutVariables(String(value)),
    ]),
  );
}

async function runTask(
  action: Extract<Action, { readonly kind: 'task' }>,
  phase: Phase,
  episode: BudgetEpisode,
): Promise<void> {
  const found = (await tasks.fetchTasks()).find(({ name }) => name === action.task);
  if (!found) throw new Error('There is no task with this label in the workspace.');
  const { execution } = found;
  const env = environment(phase, episode);
  if (!(execution instanceof ShellExecution || execution instanceof ProcessExecution))
    throw new Error(
      execution instanceof CustomExecution
        ? 'Only shell and process tasks can be run.'
        : 'Only shell and process tasks can be run, and this one is of another kind.',
    );
  await tasks.executeTask(withExecution(found, withEnvironment(execution, env)));
}

/** The same task in everything but what it executes; VS Code's own object is not changed. */
function withExecution(task: Task, execution: ShellExecution | ProcessExecution): Task {
  const { definition, scope = TaskScope.Workspace, name, source, problemMatchers } = task;
  const copy = new Task(definition, scope, name, source, execution, problemMatchers);
  copy.presentationOptions = task.presentationOptions;
  copy.runOptions = task.runOptions;
  copy.isBackground = task.isBackground;
  if (task.group) copy.group = task.group;
  if (task.detail !== undefined) copy.detail = task.detail;
  return copy;
}

function withEnvironment(
  execution: ShellExecution | ProcessExecution,
  more: Record<string, string>,
): ShellExecution | ProcessExecution {
  const env = { ...execution.options?.env, ...more };
  if (execution instanceof ProcessExecution) {
    const options: ProcessExecutionOptions = { ...execution.options, env };
    return new ProcessExecution(execution.process, execution.args, options);
  }
  const options = { ...execution.options, env };
  return execution.commandLine !== undefined
    ? new ShellExecution(execution.commandLine, options)
    : new ShellExecution(execution.command ?? '', execution.args ?? [], options);
}
