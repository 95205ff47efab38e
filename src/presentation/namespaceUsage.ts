import { ownUsedBytes } from '../domain/freeSpace.ts';
import type { Reading } from '../domain/reading.ts';
import type { NamespaceClaims } from '../domain/snapshot.ts';

interface Sum {
  readonly readings: ReadonlyMap<string, Reading>;
  readonly usedBytes: number | undefined;
}

/** What the claims of each namespace use, added up again only where claims or readings are others. */
export class NamespaceUsage {
  readonly #sums = new WeakMap<NamespaceClaims, Sum>();

  /** The sum over the claims of which it is known; undefined where it is known of none. A shared filesystem is in no sum. */
  of(namespace: NamespaceClaims, readings: ReadonlyMap<string, Reading>): number | undefined {
    const made = this.#sums.get(namespace);
    if (made?.readings === readings) return made.usedBytes;
    let usedBytes: number | undefined;
    for (const { uid } of namespace.claims.values()) {
      const own = ownUsedBytes(readings.get(uid));
      if (own !== undefined) usedBytes = (usedBytes ?? 0) + own;
    }
    this.#sums.set(namespace, { readings, usedBytes });
    return usedBytes;
  }
}
