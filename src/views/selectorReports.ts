import type { Disposable } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { SettingProblem } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { selectorProblem } from '../presentation/selectorProblem.ts';

/** A selector that the server refuses is an error of the setting, and is reported as one. */
export function selectorReports(
  snapshot: Signal<StorageSnapshot>,
  report: (problem: SettingProblem) => void,
): Disposable {
  return snapshot.subscribe((value) => {
    const problem = selectorProblem(value);
    if (problem) report(problem);
  });
}
