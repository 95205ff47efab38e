import type { ContextSettings } from '../domain/settings.ts';
import type { FollowPlan } from './current.ts';
import type { TargetChoice } from './follow.ts';

/** How the settings of a context want it to be followed. */
export function planOf({ namespaces, labelSelector, fieldSelector, connect }: ContextSettings): FollowPlan {
  return { scope: { namespaces, labelSelector, fieldSelector }, connect };
}

/** The kubeconfig files that kubectl in a terminal has to be given for the followed target. */
export function filesOf(choice: TargetChoice | undefined): readonly string[] {
  return choice?.kind === 'target' ? choice.target.files : [];
}
