import type { ClassSum } from './snapshot.ts';

/** What is claimed of each storage class, kept while claims come and go. Classes that did not change keep their sums. */
export class ClassSums {
  readonly #sums = new Map<string, { claims: number; claimedBytes: bigint; shown: ClassSum | undefined }>();
  #picture: ReadonlyMap<string, ClassSum> | undefined;

  /** A claim has come (1), or has gone (-1, with its bytes negative). */
  count(name: string, bytes: bigint, sign: 1 | -1): void {
    this.#picture = undefined;
    const sum = this.#sums.get(name);
    if (!sum) {
      this.#sums.set(name, { claims: sign, claimedBytes: bytes, shown: undefined });
      return;
    }
    sum.claims += sign;
    sum.claimedBytes += bytes;
    sum.shown = undefined;
    if (sum.claims === 0) this.#sums.delete(name);
  }

  picture(): ReadonlyMap<string, ClassSum> {
    if (this.#picture) return this.#picture;
    const picture = new Map<string, ClassSum>();
    for (const [name, sum] of this.#sums) {
      sum.shown ??= { name, claims: sum.claims, claimedBytes: sum.claimedBytes };
      picture.set(name, sum.shown);
    }
    this.#picture = picture;
    return picture;
  }
}
