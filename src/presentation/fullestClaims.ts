import { fullRatio, type Reading } from '../domain/reading.ts';
import type { ClaimRecord } from '../domain/records.ts';
import type { StorageView } from './storageView.ts';
import { ago, markdown } from './text.ts';
import { usageText } from './usageText.ts';

const fullestShown = 3;

interface Full {
  readonly claim: ClaimRecord;
  readonly reading: Reading;
  readonly ratio: number;
}

/**
 * The fullest claims by bytes with the age of their figures, as Markdown; nothing without figures. Those that no pod mounts are
 * left out: nothing fills them up.
 */
export function fullestLines(view: StorageView, nowMs: number): readonly string[] {
  const fullest = fullestOf(view);
  if (fullest.length === 0) return [];
  const lines = fullest.map(({ claim, reading }) => {
    const age = reading.atMs === undefined ? '' : `, ${ago(Math.max(0, nowMs - reading.atMs))}`;
    return `- ${markdown(`${claim.namespace}/${claim.name}`)}: ${markdown(`${usageText(reading) ?? ''}${age}`)}`;
  });
  return [`Fullest:\n${lines.join('\n')}`];
}

/** Of many claims a few are picked without sorting the others. */
function fullestOf({ snapshot, readings }: StorageView): readonly Full[] {
  const fullest: Full[] = [];
  if (readings.size === 0) return fullest;
  for (const { claims } of snapshot.namespaces.values()) {
    for (const claim of claims.values()) {
      const reading = readings.get(claim.uid);
      const ratio = reading && fullRatio(reading);
      if (reading === undefined || ratio === undefined || reading.quality === 'notMounted') continue;
      const full = { claim, reading, ratio };
      const last = fullest[fullestShown - 1];
      if (last && byRatio(full, last) > 0) continue;
      fullest.push(full);
      fullest.sort(byRatio);
      fullest.length = Math.min(fullest.length, fullestShown);
    }
  }
  return fullest;
}

function byRatio(a: Full, b: Full): number {
  return b.ratio - a.ratio || (nameOf(a) < nameOf(b) ? -1 : 1);
}

function nameOf({ claim }: Full): string {
  return `${claim.namespace}/${claim.name}`;
}
