import type { Disposable } from '../base/disposable.ts';

/** Whether a plugin may run now, and why not. */
export type GateAnswer = 'yes' | 'untrusted' | 'unfocused' | 'interactive';

/**
 * Decides when credential plugins may run: never in an untrusted workspace; in the background only in a focused window and
 * only while they have never needed the user; one at a time over all windows.
 *
 * `key` is a hash of command, arguments, environment and cluster. Implemented by the host.
 */
export interface CredentialGate {
  ask(key: string, interaction: 'background' | 'click'): Promise<GateAnswer>;
  /** Waits for the plugin's turn over all windows. Undefined when aborted. */
  lock(key: string, signal: AbortSignal): Promise<Disposable | undefined>;
  /**
   * `interactive`: it failed, timed out or was slow, so from now on it runs on a click only. `quiet`: it went by itself.
   * Resolves when it holds in every window, which has to be before the turn ends; never rejects.
   */
  remember(key: string, kind: 'interactive' | 'quiet'): Promise<void>;
}
