import type { HistorySample } from '../domain/historySample.ts';

/** What was read of one claim. */
export interface ClaimSample extends HistorySample {
  readonly uid: string;
}

/**
 * What was read of claims, over a year.
 *
 * A claim is known by the identity of its cluster and by its UID: one recreated under the same name has no past. Nothing here
 * ever rejects: what cannot be kept or read is said in the log, and there is less history.
 */
export interface History {
  /** Keeps samples; resolves when they are safe. Those that cannot be (`keptSample`) are left out, and so are those older than a year. */
  append(identity: string, samples: readonly ClaimSample[]): Promise<void>;
  /** Of one claim from `fromMs` to `toMs`, both included, in ascending order. */
  read(identity: string, uid: string, fromMs: number, toMs: number): Promise<readonly HistorySample[]>;
  /** Forgets everything, of every cluster. */
  clear(): Promise<void>;
}

/** The same at once and with time as an argument: what a `History` is made of. Methods may throw. */
export interface HistoryStore {
  append(identity: string, samples: readonly ClaimSample[], nowMs: number): void;
  read(identity: string, uid: string, fromMs: number, toMs: number): HistorySample[];
  clear(): void;
  /** Thins out what has grown old and drops the oldest of what is too much, in steps so short that others can go between. */
  tidy(nowMs: number): Generator<void, void>;
}
