import { until } from '../../support/until.ts';
import type { DrawnGauge, DrawnRow, WorkbenchWindow } from './workbenchWindow.ts';

/** Generous: a loaded machine is slow, and only order and content are being proven. */
const limitMs = 60_000;

/** Waits until the gauge has this text and colour. */
export async function gaugeShows(
  window: WorkbenchWindow,
  text: string | RegExp,
  kind?: DrawnGauge['kind'],
): Promise<void> {
  let last: DrawnGauge | undefined;
  try {
    await until(`the gauge shows ${String(text)} ${kind ?? ''}`, limitMs, async () => {
      last = await window.gauge();
      const matches = typeof text === 'string' ? last.text === text : text.test(last.text);
      return matches && (kind === undefined || last.kind === kind);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message} It shows ${JSON.stringify(last)}.`);
  }
}

/** Waits until the rows are these, each written `label: description`, indented by two spaces a level. */
export async function rowsShow(window: WorkbenchWindow, expected: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  try {
    await until(`the rows are ${JSON.stringify(expected)}`, limitMs, async () => {
      last = (await window.claimsRows()).map(written);
      return JSON.stringify(last) === JSON.stringify(expected);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message} They are ${JSON.stringify(last)}.`);
  }
}

/** Waits until one row reads like this. */
export async function rowShows(window: WorkbenchWindow, expected: string): Promise<void> {
  let last: readonly string[] = [];
  try {
    await until(`a row is ${expected}`, limitMs, async () => {
      last = (await window.claimsRows()).map(written);
      return last.includes(expected);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message} They are ${JSON.stringify(last)}.`);
  }
}

/** Waits until the rows of the alerts view match, each written `label: description`. */
export async function alertsAre(window: WorkbenchWindow, expected: RegExp): Promise<void> {
  let last = '';
  try {
    await until(`the alerts are ${String(expected)}`, limitMs, async () => {
      last = (await window.alertRows()).join('\n');
      return expected.test(last);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message} They are ${JSON.stringify(last)}.`);
  }
}

/** Waits until the view is empty and its text matches. */
export async function welcomeShows(window: WorkbenchWindow, text: RegExp): Promise<readonly string[]> {
  let last: string | undefined;
  try {
    return await until(`the view says ${String(text)}`, limitMs, async () => {
      const welcome = await window.welcome();
      last = welcome?.text;
      return welcome && text.test(welcome.text) ? welcome.buttons : undefined;
    });
  } catch (error) {
    throw new Error(`${(error as Error).message} It says ${JSON.stringify(last)}.`);
  }
}

function written({ label, description, level }: DrawnRow): string {
  return `${'  '.repeat(level - 1)}${label}${description === '' ? '' : `: ${description}`}`;
}
