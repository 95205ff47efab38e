import type { ClaimRecord } from './records.ts';
import type { LatestChange } from './snapshot.ts';

/** What was claimed by those that have changed since the picture before, to tell which of them grew most. */
export class Growth {
  readonly #before = new Map<string, { readonly claim: ClaimRecord; readonly bytes: bigint }>();

  /** A claim changes or goes, which had so many bytes if it was there. Only the first change counts. */
  changes(claim: ClaimRecord, bytes = 0n): void {
    const path = pathOf(claim);
    if (!this.#before.has(path)) this.#before.set(path, { claim, bytes });
  }

  /** How a claim came to what it is now is no growth. */
  forget(claim: ClaimRecord): void {
    if (this.#before.size > 0) this.#before.delete(pathOf(claim));
  }

  clear(): void {
    this.#before.clear();
  }

  /** The largest growth up to what is claimed now; what is gone has not grown. */
  latest(bytesNow: (namespace: string, name: string) => bigint | undefined): LatestChange | undefined {
    let latest: LatestChange | undefined;
    for (const { claim, bytes } of this.#before.values()) {
      const { namespace, name } = claim;
      const deltaBytes = (bytesNow(namespace, name) ?? 0n) - bytes;
      if (deltaBytes > (latest?.deltaBytes ?? 0n)) latest = { namespace, name, deltaBytes };
    }
    return latest;
  }
}

function pathOf({ namespace, name }: ClaimRecord): string {
  return `${namespace}/${name}`;
}
