import type { EditorProxy } from '../cluster/proxy.ts';
import type { ContextSettings } from '../domain/contextSettings.ts';
import type { Target } from '../domain/target.ts';
import type { FollowPlan } from './current.ts';
import type { UsagePlan } from './currentUsage.ts';
import type { TargetChoice } from './follow.ts';

/** How the settings of a context want it to be followed. The demo cluster is shown whole: they were made for other clusters. */
export function planOf(settings: ContextSettings, { demo }: Pick<Target, 'demo'>): FollowPlan {
  const { namespaces, labelSelector, fieldSelector, connect } = settings;
  if (demo) return { scope: { namespaces: [], labelSelector: '', fieldSelector: '' }, connect };
  return { scope: { namespaces, labelSelector, fieldSelector }, connect };
}

/** Where used bytes are read. A Prometheus that is configured knows nothing of the demo cluster. `expand`: `~` in a path. */
export function usagePlanOf(
  { usageSource, usagePrometheus }: ContextSettings,
  { demo }: Pick<Target, 'demo'>,
  { editorProxy, expand }: { readonly editorProxy: EditorProxy; readonly expand: (path: string) => string },
): UsagePlan {
  if (demo) return { source: usageSource === 'off' ? 'off' : 'auto', prometheus: undefined, editorProxy };
  const { caFile } = usagePrometheus ?? {};
  const prometheus =
    usagePrometheus && caFile !== undefined ? { ...usagePrometheus, caFile: expand(caFile) } : usagePrometheus;
  return { source: usageSource, prometheus, editorProxy };
}

/** The kubeconfig files that kubectl in a terminal has to be given for the followed target. */
export function filesOf(choice: TargetChoice | undefined): readonly string[] {
  return choice?.kind === 'target' ? choice.target.files : [];
}
