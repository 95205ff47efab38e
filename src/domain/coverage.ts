import type { NamespaceClaims } from './snapshot.ts';

/** Which part of a subject a sum stands for. What is in neither set does not exist. */
export interface Coverage {
  /** Nothing of the subject is left out; the sets are then empty. */
  readonly complete: boolean;
  /** Namespaces whose claims are counted. */
  readonly readable: ReadonlySet<string>;
  /** Namespaces that are known and whose claims cannot be read. */
  readonly dark: ReadonlySet<string>;
  /** Claims left out because their size is unknown. */
  readonly uncounted: number;
}

export const complete: Coverage = { complete: true, readable: new Set(), dark: new Set(), uncounted: 0 };

/** Whether something that was counted then exists and is not counted now, so that a smaller sum proves nothing. */
export function hasShrunk(then: Coverage, now: Coverage): boolean {
  if (now.complete) return false;
  if (then.complete || now.uncounted > then.uncounted) return true;
  for (const name of now.dark) if (then.readable.has(name)) return true;
  return false;
}

export function coverageOf(namespaces: readonly NamespaceClaims[], uncounted: number): Coverage {
  const named = (readable: boolean) =>
    new Set(namespaces.filter(({ access }) => (access === 'ok') === readable).map(({ name }) => name));
  return { complete: false, readable: named(true), dark: named(false), uncounted };
}
