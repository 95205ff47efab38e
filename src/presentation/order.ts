import type { Sort } from './storageView.ts';
import { naturalOrder } from './text.ts';

/** By name, or by size descending with unknown sizes last and ties by name. Equal only for equal names. */
export function ordered<T extends { readonly name: string; readonly claimedBytes?: bigint | undefined }>(
  sort: Sort,
  a: T,
  b: T,
): number {
  if (sort === 'claimed' && a.claimedBytes !== b.claimedBytes) {
    if (a.claimedBytes === undefined || b.claimedBytes === undefined) return a.claimedBytes === undefined ? 1 : -1;
    return a.claimedBytes > b.claimedBytes ? -1 : 1;
  }
  // `data-01` and `data-1` are the same number.
  return naturalOrder(a.name, b.name) || (a.name < b.name ? -1 : Number(a.name !== b.name));
}
