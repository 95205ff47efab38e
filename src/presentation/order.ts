import type { Sort } from './storageView.ts';
import { naturalOrder } from './text.ts';

/** By name, or by size descending with unknown sizes last and ties by name. Equal only for equal names. */
export function ordered<T extends { readonly name: string; readonly claimedBytes?: bigint | undefined }>(
  sort: Sort,
  a: T,
  b: T,
  usedBytes: (item: T) => number | undefined,
): number {
  return (
    (sort === 'claimed' && descending(a.claimedBytes, b.claimedBytes)) ||
    (sort === 'used' && descending(usedBytes(a), usedBytes(b))) ||
    naturalOrder(a.name, b.name) ||
    // `data-01` and `data-1` are the same number.
    (a.name < b.name ? -1 : Number(a.name !== b.name))
  );
}

function descending<T extends bigint | number>(a: T | undefined, b: T | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a > b ? -1 : 1;
}
