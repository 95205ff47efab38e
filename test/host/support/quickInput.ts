import { setTimeout as sleep } from 'node:timers/promises';
import { commands } from 'vscode';
import { limitMs } from './product.ts';

/** Runs a command and accepts the first line of each quick pick that it opens. */
export async function acceptingFirst(command: string): Promise<void> {
  await accepting(command, 0);
}

/** Runs a command and accepts the line after `steps` others in the quick pick that it opens. */
export async function accepting(command: string, steps: number): Promise<void> {
  const [run, ended] = begun(command);
  await sleep(1_000);
  for (let step = 0; step < steps && !ended(); step++)
    await commands.executeCommand('workbench.action.quickOpenSelectNext');
  // Whether a quick pick is open cannot be asked for; accepting does nothing while there is none.
  for (const endMs = Date.now() + limitMs; !ended(); ) {
    if (Date.now() > endMs) throw new Error(`${command} does not end.`);
    await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await sleep(500);
  }
  await run;
}

function begun(command: string): [Promise<void>, () => boolean] {
  let done = false;
  const run = Promise.resolve(commands.executeCommand(command)).then(() => {});
  run.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  return [run, () => done];
}
