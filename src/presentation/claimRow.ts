import type { ClaimRecord, StorageClassRecord } from '../domain/records.ts';
import { exactBytes, humanBytes } from './bytes.ts';
import { claimState } from './claimState.ts';
import type { Row } from './row.ts';
import { markdown, plain } from './text.ts';

/** A claim as a row of the tree. Its tooltip is made when it is asked for. */
export function claimRow(
  claim: ClaimRecord,
  storageClasses: ReadonlyMap<string, StorageClassRecord>,
  contextName: string,
): Row {
  const state = claimState(claim, storageClasses);
  const size = claim.claimedBytes === undefined ? 'size unknown' : humanBytes(claim.claimedBytes);
  const description = state.resize ?? (state.text === undefined ? size : `${size} · ${plain(state.text, 40)}`);
  const name = plain(claim.name);
  return {
    id: claim.uid,
    kind: 'claim',
    label: name,
    description,
    // Asked for when the mouse rests on the row, so for few of them.
    get tooltip() {
      return claimTooltip(claim, description);
    },
    icon:
      claim.claimedBytes === undefined ? { codicon: 'warning', color: 'problemsWarningIcon.foreground' } : state.icon,
    collapsible: 'collapsed',
    contextValue: 'claim',
    accessibilityLabel: `Claim ${name}, ${description.replaceAll(' · ', ', ').replace('→', 'to')}`,
    level: state.level,
    namespace: claim.namespace,
    claim: { contextName, namespace: claim.namespace, name: claim.name, uid: claim.uid },
  };
}

function claimTooltip(claim: ClaimRecord, description: string): string {
  const size = (bytes: bigint | undefined) => (bytes === undefined ? 'unknown' : markdown(exactBytes(bytes)));
  const { capacityBytes, capacityProblem, problem } = claim;
  const hasCapacity = capacityBytes !== undefined || capacityProblem !== undefined;
  const lines = [
    `**${markdown(claim.name)}** in ${markdown(claim.namespace)} — ${markdown(description)}`,
    [
      `- requested: ${size(claim.requestedBytes)}`,
      `- charged: ${size(claim.claimedBytes)}`,
      `- capacity: ${hasCapacity ? size(capacityBytes) : 'none yet'}`,
    ].join('\n'),
  ];
  if (problem !== undefined) lines.push(`Not counted: ${markdown(problem)}`);
  if (capacityProblem !== undefined) lines.push(`Capacity unknown: ${markdown(capacityProblem)}`);
  return lines.join('\n\n');
}
