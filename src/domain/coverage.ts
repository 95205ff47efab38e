import { areIn, type Members } from './members.ts';

/** What makes up a sum: enough to tell later whether another sum stands for less. */
export interface Counted {
  /** Namespaces that have claims in the sum. */
  readonly names: ReadonlySet<string>;
  /** Claims left out because their size is unknown. */
  readonly uncounted: number;
  /** Something that nobody can name is left out: not all namespaces are known. */
  readonly unnamed: boolean;
}

/** Which part of a subject a sum stands for. What is neither readable nor dark does not exist, unless something is unnamed. */
export interface Coverage extends Counted, Members {}

/** The coverage of a sum over these namespaces. `partial`: something is left out, be it named or not. */
export function coverageOf(members: Members, uncounted: number, partial: boolean): Coverage {
  const { names, readable, dark } = members;
  return { names, readable, dark, uncounted, unnamed: partial && dark.size === 0 };
}

/** Nothing is left out. */
export function isComplete({ dark, uncounted, unnamed }: Coverage): boolean {
  return dark.size === 0 && uncounted === 0 && !unnamed;
}

/**
 * Whether something that was counted then may exist and is not counted now, so that a smaller sum proves nothing.
 * Where it is not known what was counted, only a complete sum proves anything.
 */
export function hasShrunk(then: Counted | undefined, now: Coverage): boolean {
  if (isComplete(now)) return false;
  if (!then || now.uncounted > then.uncounted || (now.unnamed && !then.unnamed)) return true;
  for (const name of then.names) if (now.dark.has(name) || (now.unnamed && !now.readable.has(name))) return true;
  return false;
}

/** Whether something is counted now that existed then and could not be read, so that a larger sum is no growth. */
export function hasGrown(then: Coverage, now: Coverage): boolean {
  if (now.names === then.names) return false;
  for (const name of now.names) if (!then.names.has(name) && (then.unnamed || then.dark.has(name))) return true;
  return false;
}

/** What was counted at one time or the other; the same object when the later adds nothing. */
export function widened<T extends Counted>(then: T, now: Counted): T {
  const unnamed = then.unnamed && now.unnamed;
  const uncounted = Math.min(then.uncounted, now.uncounted);
  const more = !areIn(now.names, then.names);
  if (!more && unnamed === then.unnamed && uncounted === then.uncounted) return then;
  return { ...then, names: more ? new Set([...then.names, ...now.names]) : then.names, unnamed, uncounted };
}

/** What is to be remembered of a coverage. */
export function countedOf({ names, uncounted, unnamed }: Coverage): Counted {
  return { names, uncounted, unnamed };
}
