import type { ContextSummary, Target } from '../domain/target.ts';

/**
 * From a notification back to what it was about: it is followed (`here`), it may be followed again (`switch`, `openDemo`),
 * or its context is in the kubeconfig no more (`gone`).
 */
export type WayBack = 'here' | 'switch' | 'openDemo' | 'gone';

/** The demo cluster is in no kubeconfig: a context that is called `demo` there is another one. */
export function wayBack(
  { contextName, demo }: { readonly contextName: string; readonly demo: boolean },
  target: Target | undefined,
  contexts: readonly ContextSummary[],
): WayBack {
  if (target?.contextName === contextName && target.demo === demo) return 'here';
  if (demo) return 'openDemo';
  return contexts.some(({ name }) => name === contextName) ? 'switch' : 'gone';
}
