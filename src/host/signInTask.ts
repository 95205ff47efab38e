import { delimiter } from 'node:path';
import { ProcessExecution, Task, type TaskExecution, TaskPanelKind, TaskRevealKind, TaskScope, tasks } from 'vscode';
import { withoutIcons, withoutVariables } from '../presentation/text.ts';

/**
 * Opens a terminal with `kubectl --context NAME get --raw /readyz` on these kubeconfig files, where a credential plugin can
 * ask what it has to.
 *
 * Resolves to true when kubectl succeeded. A task and not a bare terminal, because only a task tells how it ended.
 * Rejects when the task cannot be started.
 */
export async function signInTask(contextName: string, kubeconfigFiles: readonly string[]): Promise<boolean> {
  // A task would expand it, and so run whatever the kubeconfig names.
  if (withoutVariables(contextName) !== contextName)
    throw new Error('the name of the context contains ${, which a task does not take as it is');
  const env = { KUBECONFIG: kubeconfigFiles.join(delimiter) };
  const execution = new ProcessExecution('kubectl', ['--context', contextName, 'get', '--raw', '/readyz'], { env });
  const task = new Task(
    { type: 'pvcwatch' },
    TaskScope.Global,
    `Sign in: ${withoutIcons(contextName)}`,
    'PVC Watch',
    execution,
  );
  task.presentationOptions = { reveal: TaskRevealKind.Always, focus: true, panel: TaskPanelKind.Dedicated };
  const started = await tasks.executeTask(task);
  return (await exitCodeOf(started)) === 0;
}

function exitCodeOf(started: TaskExecution): Promise<number | undefined> {
  return new Promise((resolve) => {
    const finish = (code: number | undefined) => {
      process.dispose();
      whole.dispose();
      resolve(code);
    };
    const process = tasks.onDidEndTaskProcess((event) => {
      if (event.execution === started) finish(event.exitCode);
    });
    // A task whose process never began ends without an exit code.
    const whole = tasks.onDidEndTask((event) => {
      if (event.execution === started) setTimeout(() => finish(undefined), 500);
    });
  });
}
