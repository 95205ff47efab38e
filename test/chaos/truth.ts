import type { Clock } from '../../src/base/clock.ts';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { AdminClient } from '../support/adminClient.ts';
import {
  type ClaimLines,
  claimsOfSnapshot,
  differences,
  type ListedClaim,
  linesOf,
  listPlainly,
} from '../support/clusterTruth.ts';

const gibi = 1024n ** 3n;

/** What the API server itself says: every claim, and the sums, added up without the product's help. */
export interface Truth {
  readonly lines: ClaimLines;
  readonly totalBytes: bigint;
  readonly namespaces: ReadonlyMap<string, bigint>;
  readonly classes: ReadonlyMap<string, bigint>;
}

export async function readTruth(admin: AdminClient): Promise<Truth> {
  return truthOf(await listPlainly(admin));
}

/** Adds up what a quota would charge. The chaos writes whole Gi only, which needs no grammar. */
export function truthOf(items: readonly ListedClaim[]): Truth {
  const namespaces = new Map<string, bigint>();
  const classes = new Map<string, bigint>();
  let totalBytes = 0n;
  for (const { metadata, spec, status } of items) {
    const requested = gibibytes(spec.resources.requests.storage);
    const allocated = gibibytes(status?.allocatedResources?.storage ?? '0Gi');
    let bytes = requested;
    if (allocated > bytes) bytes = allocated;
    totalBytes += bytes;
    namespaces.set(metadata.namespace, (namespaces.get(metadata.namespace) ?? 0n) + bytes);
    const name = spec.storageClassName ?? '';
    classes.set(name, (classes.get(name) ?? 0n) + bytes);
  }
  return { lines: linesOf(items), totalBytes, namespaces, classes };
}

/** In what a snapshot is not the truth, a line each; empty when store and sums are right. */
export function untruths(truth: Truth, snapshot: StorageSnapshot): string {
  const found = differences(truth.lines, claimsOfSnapshot(snapshot));
  const sums: string[] = [];
  const compare = (what: string, right: bigint, shown: bigint) => {
    if (right !== shown) sums.push(`  ${what}: ${right / gibi}Gi on the server, ${shown / gibi}Gi in the snapshot`);
  };
  compare('total', truth.totalBytes, snapshot.claimedBytes);
  for (const name of new Set([...truth.namespaces.keys(), ...snapshot.namespaces.keys()]))
    compare(`namespace ${name}`, truth.namespaces.get(name) ?? 0n, snapshot.namespaces.get(name)?.claimedBytes ?? 0n);
  for (const name of new Set([...truth.classes.keys(), ...snapshot.classes.keys()]))
    compare(`class ${name}`, truth.classes.get(name) ?? 0n, snapshot.classes.get(name)?.claimedBytes ?? 0n);
  return [found, ...sums].filter((line) => line !== '').join('\n');
}

function gibibytes(quantity: string): bigint {
  const digits = /^(\d+)Gi$/.exec(quantity)?.[1] ?? (quantity === '0' ? '0' : undefined);
  if (digits === undefined) throw new Error(`The chaos wrote no ${quantity}.`);
  return BigInt(digits) * gibi;
}

/** What is claimed of `total`, `namespace:NAME` or `class:NAME`. */
export function claimedOf({ totalBytes, namespaces, classes }: Truth, subject: string): bigint {
  const [kind, name = ''] = subject.split(':');
  if (kind === 'total') return totalBytes;
  return (kind === 'namespace' ? namespaces : classes).get(name) ?? 0n;
}

/** The sums over time, on the product's clock, looked at five times a second. */
export class TruthLog {
  readonly #entries: { readonly atMs: number; readonly truth: Truth }[] = [];
  readonly #admin: AdminClient;
  readonly #clock: Clock;
  #ended = false;
  #running: Promise<void> = Promise.resolve();

  constructor(admin: AdminClient, clock: Clock) {
    this.#admin = admin;
    this.#clock = clock;
  }

  start(): void {
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }

  /** The most that was claimed of a subject at any moment of a stretch of the product's time. */
  most(subject: string, fromMs: number, toMs: number): bigint {
    // What was in force at the beginning, and what was seen first after the end: a change is older than the look at it.
    const first = this.#entries.findLastIndex(({ atMs }) => atMs <= fromMs);
    const last = this.#entries.findIndex(({ atMs }) => atMs >= toMs);
    let most = 0n;
    for (const { truth } of this.#entries.slice(Math.max(0, first), last < 0 ? undefined : last + 1)) {
      const bytes = claimedOf(truth, subject);
      if (bytes > most) most = bytes;
    }
    return most;
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      try {
        const truth = await readTruth(this.#admin);
        this.#entries.push({ atMs: this.#clock.now(), truth });
      } catch {
        // No server, no change.
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
