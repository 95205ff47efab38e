import { toDisposable } from '../base/disposable.ts';
import { SignalSource } from '../base/signal.ts';
import type { FollowOptions, TargetChoice, TargetFollower } from './follow.ts';
import { nodeProblem } from './nodeVersion.ts';
import type { GatedSessionOptions } from './openSession.ts';
import type { Session } from './session.ts';

/**
 * Follows kubeconfig files like `followTarget`, but loads what reads them on a later turn: activation does no I/O.
 * `loadFailed` is told when that bundle cannot be loaded.
 */
export function followTargetLater(options: FollowOptions, loadFailed: (error: unknown) => void): TargetFollower {
  const choice = new SignalSource<TargetChoice | undefined>(undefined);
  let follower: TargetFollower | undefined;
  let ended = false;
  const load = async () => {
    if (ended) return;
    const { followTarget } = await import('./follow.ts');
    if (ended) return;
    follower = followTarget(options);
    follower.choice.subscribe((value) => choice.set(value));
    choice.set(follower.choice.value);
  };
  setImmediate(() => load().catch(loadFailed));
  const { dispose } = toDisposable(() => {
    ended = true;
    follower?.dispose();
  });
  return { choice, refresh: () => follower?.refresh(), dispose };
}

/** Opens a session like `openSession`, and loads the Kubernetes client for it. Rejects with a message fit to be shown. */
export async function openSessionLater(options: GatedSessionOptions): Promise<Session> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) throw new Error(problem);
  const { openGatedSession } = await import('./openSession.ts');
  return openGatedSession(options);
}
