import type { SettingProblem } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { plain } from './text.ts';

/**
 * A selector that the server refuses, as the wrong value of its setting; undefined while none is refused.
 *
 * The server is given both in one request, and names neither setting; it says "field" only of a field selector.
 */
export function selectorProblem({
  selectorError,
  scope,
  refusedSelectors = scope,
}: Pick<StorageSnapshot, 'selectorError' | 'scope' | 'refusedSelectors'>): SettingProblem | undefined {
  if (!selectorError) return undefined;
  const { labelSelector, fieldSelector } = refusedSelectors;
  const field = fieldSelector !== '' && (labelSelector === '' || /field/.test(selectorError.message));
  const setting = field ? 'pvcwatch.fieldSelector' : 'pvcwatch.labelSelector';
  const accepted = field
    ? 'a field selector over metadata.name and metadata.namespace, such as metadata.namespace!=kube-system'
    : 'a label selector as kubectl -l takes it, such as app=db,tier!=cache';
  const message = `${setting} is refused by the server: ${plain(selectorError.message)}. Expected ${accepted}.`;
  return { setting, message };
}
