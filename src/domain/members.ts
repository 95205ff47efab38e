import type { NamespaceClaims } from './snapshot.ts';

/** Names of namespaces by what can be said of them. The same sets from snapshot to snapshot while nothing in them changes. */
export interface Members {
  /** Readable, with claims. */
  readonly names: ReadonlySet<string>;
  /** Whose claims can be read, also those without any. */
  readonly readable: ReadonlySet<string>;
  /** Known, and whose claims cannot be read. */
  readonly dark: ReadonlySet<string>;
}

export const noMembers: Members = { names: new Set(), readable: new Set(), dark: new Set() };

type Member = Pick<NamespaceClaims, 'name' | 'access'> & { readonly claims: { readonly size: number } };

export function membersOf(namespaces: Iterable<Member>): Members {
  const [names, readable, dark] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { name, access, claims } of namespaces) {
    (access === 'ok' ? readable : dark).add(name);
    if (access === 'ok' && claims.size > 0) names.add(name);
  }
  return { names, readable, dark };
}

/** Whether all of `some` are in `all`; at no cost where they are the same set. */
export function areIn(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  if (some === all) return true;
  for (const name of some) if (!all.has(name)) return false;
  return true;
}
