import type { ApiError } from '../domain/apiError.ts';
import { lostAfterMs } from './gauge.ts';
import type { StorageView } from './storageView.ts';
import { ago, counted, plain, shortContextName } from './text.ts';
import { hasRows } from './tree.ts';

/** Why the view is empty: selects one fixed text of the manifest by the context key `pvcwatch.welcome`. */
export type WelcomeReason =
  | 'noKubeconfig'
  | 'cannotConnect'
  | 'loopbackRemote'
  | 'signIn'
  | 'noPermission'
  | 'noClaims'
  | 'untrusted'
  | 'idle';

/** A server on the machine that asks; k3d writes 0.0.0.0. */
const loopbackServer = /^https?:\/\/(127\.[\d.]+|0\.0\.0\.0|localhost|\[::1\])(:|\/|$)/i;

/** Undefined while there are rows, or while it is not known yet. A short loss of contact is not shown. */
export function welcomeReason(view: StorageView, nowMs: number): WelcomeReason | undefined {
  const { connection, target, synced } = view.snapshot;
  if (hasRows(view)) return undefined;
  switch (connection.state) {
    case 'none':
      return 'noKubeconfig';
    case 'idle':
      return target ? 'idle' : undefined;
    case 'failing':
      if (connection.error.reason === 'unfinished') return undefined;
      return cannotConnect(view, connection.error);
    case 'stale':
      return synced && nowMs - connection.sinceMs < lostAfterMs ? 'noClaims' : cannotConnect(view, connection.error);
    case 'signIn':
      return 'signIn';
    case 'untrusted':
      return 'untrusted';
    case 'forbidden':
      return 'noPermission';
    default:
      return synced ? 'noClaims' : undefined;
  }
}

function cannotConnect({ snapshot: { target }, remote }: StorageView, error: ApiError): WelcomeReason {
  const loopback = error.reason === 'unreachable' && target !== undefined && loopbackServer.test(target.server);
  return loopback && remote !== undefined ? 'loopbackRemote' : 'cannotConnect';
}

/** Whether the first list is on its way, so that rows may come at any moment. */
export function viewIsBusy({ snapshot: { connection } }: StorageView): boolean {
  return (
    connection.state === 'connecting' || (connection.state === 'failing' && connection.error.reason === 'unfinished')
  );
}

/** `shop-eu (pinned)`, beside the view's title. */
export function viewDescription(view: StorageView): string {
  const { target } = view.snapshot;
  if (!target) return '';
  return `${plain(shortContextName(target.contextName, view.contextLabel))}${view.pinned ? ' (pinned)' : ''}`;
}

/** Badge of the view: open episodes. */
export function viewBadge(view: StorageView): { readonly value: number; readonly tooltip: string } | undefined {
  const { open } = view.alerts;
  const value = open.length;
  if (value === 0) return undefined;
  const isBudgets = open.every(({ kind }) => kind === 'budget');
  return { value, tooltip: isBudgets ? `${counted(value, 'budget')} exceeded` : counted(value, 'open alert') };
}

/** Above the rows: that they are simulated, and how old they are while they are the last ones read. Undefined without rows, where the welcome contents speak. */
export function viewMessage(view: StorageView, nowMs: number): string | undefined {
  const { connection, heardMs, synced, claimCount, target } = view.snapshot;
  if (!target || !synced || claimCount === 0) return undefined;
  const simulated = target.demo ? 'Simulated on this machine' : undefined;
  if (connection.state === 'live' || !('error' in connection) || heardMs === undefined) return simulated;
  const lostMs = nowMs - (connection.state === 'stale' ? connection.sinceMs : heardMs);
  if (lostMs < lostAfterMs) return simulated;
  return `Last values, from ${ago(nowMs - heardMs)}: ${plain(connection.error.message)}`;
}
