import { join } from 'node:path';
import { type Clock, every, sleep } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { CredentialGate, GateAnswer } from '../cluster/credentialGate.ts';
import { FileLock } from './fileLock.ts';
import type { InteractivePlugins } from './interactivePlugins.ts';

export interface CredentialGatePorts {
  readonly folder: string;
  readonly trusted: Signal<boolean>;
  readonly focused: Signal<boolean>;
  readonly interactive: InteractivePlugins;
  readonly clock: Clock;
}

const beatMs = 3_000;
const deadAfterMs = 12_000;
const retryMs = 500;

/** The rules of DESIGN section 4: never by surprise, and one plugin at a time over all windows. */
export function credentialGate({ folder, trusted, focused, interactive, clock }: CredentialGatePorts): CredentialGate {
  return {
    async ask(key, interaction): Promise<GateAnswer> {
      const needsUser = interaction === 'background' && (await interactive.has(key));
      if (!trusted.value) return 'untrusted';
      if (interaction === 'click') return 'yes';
      if (needsUser) return 'interactive';
      return focused.value ? 'yes' : 'unfocused';
    },
    async lock(_key, signal) {
      const lock = new FileLock(join(folder, 'credential-plugin'), deadAfterMs);
      while (!signal.aborted) {
        if (await lock.acquire('')) return signal.aborted ? ended(lock) : held(lock, clock);
        await sleep(clock, retryMs, signal);
      }
      return undefined;
    },
    remember(key, kind) {
      return interactive.set(key, kind === 'interactive');
    },
  };
}

function held(lock: FileLock, clock: Clock): Disposable {
  const beat = every(clock, beatMs, () => void lock.touch(''));
  return toDisposable(() => {
    beat.dispose();
    void lock.release().catch(() => {});
  });
}

function ended(lock: FileLock): undefined {
  void lock.release().catch(() => {});
}
