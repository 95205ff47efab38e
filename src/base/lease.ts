import type { Disposable } from './disposable.ts';
import type { Signal } from './signal.ts';

/** Of several windows on one target the one that acts: notifies, runs actions, asks for used bytes. */
export interface Lease extends Disposable {
  readonly held: Signal<boolean>;
  /** Looks again at this moment: another window may have taken the lease over since the last beat. */
  confirm(): Promise<boolean>;
}

export interface LeaseSource {
  /** Tries to get the lease of `key`, and goes on trying until disposed. */
  take(key: string): Lease;
}
