import type { Settings } from './settings.ts';
import type { Target } from './target.ts';

/** About whose claims notifications are wanted: those of all namespaces, or of these. */
export type Mine = 'all' | ReadonlySet<string>;

/**
 * What `pvcwatch.alerts.notifyFor` says: the namespaces that are configured, that of the context, and those that manifests in
 * the workspace name. The demo cluster is there to be looked at: all of it.
 */
export function mineOf(
  { notifyFor, namespaces }: Pick<Settings, 'notifyFor' | 'namespaces'>,
  target: Pick<Target, 'namespace' | 'demo'> | undefined,
  named: ReadonlySet<string>,
): Mine {
  if (notifyFor === 'all' || target?.demo) return 'all';
  return new Set([...namespaces, ...(target ? [target.namespace] : []), ...named]);
}
