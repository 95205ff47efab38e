import { type AlertLevel, claimName, type SpaceEvidence } from './claimEvidence.ts';
import { conditionKey } from './claimKeys.ts';
import type { ClaimObservation, Condition } from './claimRules.ts';
import { type ClaimThresholds, type FreeThresholds, thresholdsOf } from './claimThresholds.ts';
import { canFillUp } from './freeSpace.ts';
import type { HistorySample } from './historySample.ts';
import { fullRatio, hasFigures, inodeRatio, type Reading } from './reading.ts';
import type { ClaimRecord, VolumeRecord } from './records.ts';
import { isPlenty, type SpaceLeft, spaceLeft } from './spaceLeft.ts';

/** kubernetes-mixin's `for`. */
const criticalForMs = 60_000;
const warningForMs = 3_600_000;
/** Readings come every one or two minutes; Prometheus too takes a series for gone after five without. */
const maxStepMs = 5 * 60_000;

/** What is looked at, with the readings that tell of it now. */
export interface SpaceSubject {
  readonly kind: SpaceEvidence['subject'];
  readonly key: string;
  readonly read: Read[];
  readonly thresholds: ClaimThresholds;
}

interface Read {
  readonly claim: ClaimRecord;
  readonly reading: Reading;
}

/**
 * The space conditions of what can be judged now, two for bytes and two for inodes, where one of them holds or something is
 * remembered of it (`followed`: UIDs).
 *
 * A reading that is none of now (not mounted, last seen, refused) is a gap. A claim's own thresholds hold for its own
 * filesystem; one that is shared has the general ones, and the fullest reading of it speaks.
 */
export function* spaceConditions(
  observation: ClaimObservation,
  { subjects }: SpaceSubjects,
  followed: ReadonlySet<string>,
): Generator<Condition> {
  for (const subject of subjects) {
    const isFollowed = subject.read.some(({ claim }) => followed.has(claim.uid));
    for (const [worst, left] of leftOf(subject, observation))
      if (isFollowed || left.critical || left.warning !== false)
        yield* bothLevels(subject, worst, left, observation.thresholds);
  }
}

/** What is left of bytes and of inodes, and whose reading says so. */
function* leftOf(subject: SpaceSubject, { past, nowMs }: ClaimObservation): Generator<readonly [Read, SpaceLeft]> {
  const { read, thresholds } = subject;
  const of = ({ claim, reading }: Read) =>
    spaceLeft(reading, () => withNow(past(claim.uid), reading), thresholds, nowMs);
  const [only, ...others] = read;
  if (only && others.length === 0) for (const left of of(only)) yield [only, left];
  else
    for (const what of ['bytes', 'inodes'] as const) {
      const worst = fullest(subject, what);
      const left = of(worst).find((each) => each.of === what);
      if (left) yield [worst, left];
    }
}

/** Whether kubernetes-mixin's rules, or the claim's own metadata, leave it out: of that nothing is kept either. */
export function isLeftOut(claim: ClaimRecord, { ignored }: ClaimThresholds): boolean {
  return !canFillUp(claim) || ignored;
}

function* bothLevels(
  subject: SpaceSubject,
  worst: Read,
  left: SpaceLeft,
  general: FreeThresholds,
): Generator<Condition> {
  const { kind, read } = subject;
  const { of: rule, total, free, below, predicted } = left;
  const claims = [worst, ...read.filter((each) => each !== worst)].map(({ claim }) => claimName(claim));
  const { source, atMs } = worst.reading;
  const keyOf = (level: AlertLevel) => conditionKey({ rule, level }, subject.key, general);
  for (const level of ['critical', 'warning'] as const)
    yield {
      key: keyOf(level),
      twin: keyOf(level === 'critical' ? 'warning' : 'critical'),
      subject: `${kind}:${worst.claim.namespace}/${worst.claim.name}`,
      evidence: { rule, level, subject: kind, claims, total, free, belowRatio: below[level], predicted, source, atMs },
      holds: left[level],
      openAfterMs: level === 'critical' ? criticalForMs : warningForMs,
      stamp: Math.max(...read.map(({ reading }) => reading.atMs ?? 0)),
      maxStepMs,
    };
}

/** What can be judged now. */
export interface SpaceSubjects {
  /** There is any. */
  readonly any: boolean;
  /** Those that have to be: not where so much is free that nothing can hold, and nothing is remembered. */
  readonly subjects: Iterable<SpaceSubject>;
}

/** What can be judged now; `followed`: UIDs of which something is remembered. */
export function spaceSubjects(
  observation: ClaimObservation,
  claims: readonly ClaimRecord[],
  followed: ReadonlySet<string>,
): SpaceSubjects {
  const { readings, lastVolumes, thresholds } = observation;
  const general: ClaimThresholds = { ...thresholds, ignored: false, problems: [] };
  const filesystems = new Map<string, SpaceSubject>();
  const subjects: SpaceSubject[] = [];
  let any = false;
  for (const claim of claims) {
    const reading = readings.get(claim.uid);
    if (!reading || !ofNow.has(reading.quality) || !hasFigures(reading) || reading.atMs === undefined) continue;
    const own = claim.alertWishes === undefined ? general : thresholdsOf(claim, thresholds);
    if (isLeftOut(claim, own)) continue;
    any = true;
    if (reading.subject !== 'filesystem') {
      if (!followed.has(claim.uid) && isPlenty(reading, own)) continue;
      subjects.push({ kind: 'claim', key: `claim ${claim.uid}`, read: [{ claim, reading }], thresholds: own });
      continue;
    }
    const volume = claim.volumeName === undefined ? undefined : lastVolumes.get(claim.volumeName);
    const key = filesystemKey(claim, volume, reading);
    const known = filesystems.get(key);
    if (known) known.read.push({ claim, reading });
    else filesystems.set(key, { kind: 'filesystem', key, read: [{ claim, reading }], thresholds: general });
  }
  return { any, subjects: [...subjects, ...filesystems.values()] };
}

const ofNow: ReadonlySet<Reading['quality']> = new Set(['measured', 'sharedFilesystem', 'filesystemNotGrown']);

/**
 * Which readings are taken for those of one filesystem: those of one provisioner and class, and of about one size.
 *
 * Nothing in the API names the filesystem. The size is rounded to a power of two, as that of a pool that others take from
 * changes with each reading, and an episode must not become another by that. Two disks of one size and class (a folder
 * provisioner on several nodes) are one subject: the fuller one is told, the other is seen in the list of claims.
 */
function filesystemKey(claim: ClaimRecord, volume: VolumeRecord | undefined, { capacityBytes = 1 }: Reading): string {
  const made = claim.provisioner ?? volume?.driver ?? volume?.source ?? '';
  return `filesystem ${JSON.stringify([made, claim.storageClass ?? '', Math.round(Math.log2(capacityBytes))])}`;
}

function fullest({ read }: SpaceSubject, of: SpaceLeft['of']): Read {
  const ratioOf = ({ reading }: Read) => (of === 'bytes' ? fullRatio(reading) : inodeRatio(reading)) ?? -1;
  return read.reduce((worst, each) => (ratioOf(each) > ratioOf(worst) ? each : worst));
}

/** The past with the figures now, which may not be kept yet. */
function withNow(past: readonly HistorySample[] | undefined, reading: Reading): readonly HistorySample[] | undefined {
  const { atMs, capacityBytes, availableBytes } = reading;
  if (past === undefined || atMs === undefined || capacityBytes === undefined || availableBytes === undefined)
    return past;
  // The history keeps whole seconds.
  const last = past.at(-1);
  if (last !== undefined && last.atMs >= Math.floor(atMs / 1000) * 1000) return past;
  return [...past, { ...reading, atMs, capacityBytes, availableBytes }];
}
