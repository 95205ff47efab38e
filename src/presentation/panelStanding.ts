import type { ClaimRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { Level, PanelState } from './protocol.ts';

/** Whether the claim of a panel is what a snapshot shows. */
export interface PanelStanding {
  /** The claim now; undefined where it is not there, or not to be told. */
  readonly record: ClaimRecord | undefined;
  /** Why it is not, or why it may be old; '' for a claim as it is now. */
  readonly note: string;
  readonly level: Level;
}

/**
 * A claim is known by its UID: one recreated under the same name is another, and so is one of another cluster behind the
 * same context. It is gone only where its own cluster was read and does not have it.
 */
export function panelStanding(snapshot: StorageSnapshot, claim: PanelState): PanelStanding {
  const { target, identity, connection, synced } = snapshot;
  if (target?.contextName !== claim.contextName)
    return away(`Context ${claim.contextName} is not followed now. Switch to it to see this claim live.`);
  const named = snapshot.namespaces.get(claim.namespace);
  const record = named?.claims.get(claim.name);
  if (record?.uid === claim.uid) return { record, ...contactNote(connection) };
  if (identity !== undefined && claim.identity !== '' && identity !== claim.identity)
    return away(`Context ${claim.contextName} leads to another cluster now, which does not have this claim.`);
  if (connection.state !== 'live') return away(waiting(connection, claim));
  if (!synced || snapshot.claimsState === 'loading')
    return away(`Reading the claims of ${claim.contextName}…`, 'normal');
  if (record) return away('This claim does not exist any more. Another one has its name now.');
  if (named?.access === 'forbidden') return away('You have no permission to list claims in this namespace.');
  if (named?.access === 'unknown') return away('The claims of this namespace are not read at present.');
  if (snapshot.scope.namespaces.length > 0 && !snapshot.scope.namespaces.includes(claim.namespace))
    return away('The namespace of this claim is not among those that are followed (pvcwatch.namespaces).');
  if (snapshot.scope.labelSelector !== '' || snapshot.scope.fieldSelector !== '')
    return away('This claim does not exist any more, or is not selected by the settings.');
  return away('This claim does not exist any more.');
}

function contactNote(connection: StorageSnapshot['connection']): Pick<PanelStanding, 'note' | 'level'> {
  if (connection.state === 'live') return { note: '', level: 'normal' };
  const error = 'error' in connection ? ` ${connection.error.message}` : '';
  return { note: `This may be old: the cluster cannot be heard now.${error}`, level: 'warning' };
}

function waiting(connection: StorageSnapshot['connection'], { contextName }: PanelState): string {
  return 'error' in connection ? connection.error.message : `Waiting for context ${contextName}…`;
}

function away(note: string, level: Level = 'warning'): PanelStanding {
  return { record: undefined, note, level };
}
