import type { Disposable } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { SettingProblem } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { plain } from '../presentation/text.ts';

/** A selector that the server refuses is an error of the setting, and is reported as one. */
export function selectorReports(
  snapshot: Signal<StorageSnapshot>,
  report: (problem: SettingProblem) => void,
): Disposable {
  return snapshot.subscribe(({ selectorError, scope }) => {
    if (!selectorError) return;
    const field = scope.fieldSelector !== '' && (scope.labelSelector === '' || /field/.test(selectorError.message));
    const setting = field ? 'pvcwatch.fieldSelector' : 'pvcwatch.labelSelector';
    const accepted = field
      ? 'a field selector over metadata.name and metadata.namespace, such as metadata.namespace!=kube-system'
      : 'a label selector as kubectl -l takes it, such as app=db,tier!=cache';
    report({
      setting,
      message: `${setting} is refused by the server: ${plain(selectorError.message)}. Expected ${accepted}.`,
    });
  });
}
