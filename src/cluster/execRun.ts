import type { Clock } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import { fail, type Result } from '../domain/apiError.ts';
import type { Credential } from './credential.ts';
import type { Interaction } from './interaction.ts';

/** A run that nobody waits for any more goes on this long: a retry gives up one request just before it makes another. */
const orphanMs = 1_000;

/**
 * One run of a credential plugin, for all who wait for it.
 *
 * It belongs to none of them: a caller that is stopped stops waiting, and the run, with a browser tab perhaps, goes on for
 * the next one. It is stopped when it is disposed of, or a second after the last one has stopped waiting.
 */
export class ExecRun implements Disposable {
  readonly interaction: Interaction;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #result: Promise<Result<Credential>>;
  #waiting = 0;
  #orphaned: Disposable | undefined;
  #ended = false;

  /** `begin` starts the run at once; it never rejects. */
  constructor(interaction: Interaction, clock: Clock, begin: (signal: AbortSignal) => Promise<Result<Credential>>) {
    this.interaction = interaction;
    this.#clock = clock;
    this.#result = begin(this.#stop.signal).finally(() => {
      this.#ended = true;
      this.#orphaned?.dispose();
    });
  }

  /** What the run gives; `aborted` as soon as the caller's signal is, or when the run has been stopped. */
  async wait(signal: AbortSignal): Promise<Result<Credential>> {
    this.#orphaned?.dispose();
    this.#orphaned = undefined;
    this.#waiting++;
    const stopped = stoppedBy(signal);
    try {
      return await Promise.race([this.#result, stopped.result]);
    } finally {
      stopped.dispose();
      this.#waiting--;
      if (this.#waiting === 0 && !this.#ended) this.#orphaned = this.#clock.after(orphanMs, () => this.#stop.abort());
    }
  }

  dispose(): void {
    this.#orphaned?.dispose();
    this.#stop.abort();
  }
}

function stoppedBy(signal: AbortSignal): Disposable & { readonly result: Promise<Result<Credential>> } {
  const { promise, resolve } = Promise.withResolvers<Result<Credential>>();
  const stop = () => resolve(fail('aborted', 'Stopped.'));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return { result: promise, ...toDisposable(() => signal.removeEventListener('abort', stop)) };
}
