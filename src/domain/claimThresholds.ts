import { freeCriticalRatio, freeWarningRatio } from './freeSpace.ts';
import { readBytes } from './quantity.ts';
import type { ClaimRecord } from './records.ts';

/** Below what is free: a part of the whole, 0 to 1, or bytes. */
export type FreeBound = { readonly ratio: number } | { readonly bytes: number };

/** Below so much free, strictly, something is said. Inodes have no bytes, so theirs are parts. */
export interface FreeThresholds {
  readonly warning: FreeBound;
  readonly critical: FreeBound;
  readonly inodesWarning: number;
  readonly inodesCritical: number;
}

/** kubernetes-mixin's. */
export const mixinThresholds: FreeThresholds = {
  warning: { ratio: freeWarningRatio },
  critical: { ratio: freeCriticalRatio },
  inodesWarning: freeWarningRatio,
  inodesCritical: freeCriticalRatio,
};

/** By the two bounds that settings have; a quantity says nothing of inodes. */
export function thresholdsFrom(warning: FreeBound, critical: FreeBound): FreeThresholds {
  return {
    warning,
    critical,
    inodesWarning: ratioOf(warning) ?? mixinThresholds.inodesWarning,
    inodesCritical: ratioOf(critical) ?? mixinThresholds.inodesCritical,
  };
}

/** Whether the same is meant. */
export function sameThresholds(a: FreeThresholds, b: FreeThresholds): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** What holds for one claim. */
export interface ClaimThresholds extends FreeThresholds {
  /** It is not looked at: its label `excluded_from_alerts` or its annotation `pvcwatch.dev/ignore` is "true". */
  readonly ignored: boolean;
  /** It grows by itself up to here (pvc-autoresizer), and is full only then. */
  readonly limitBytes?: number;
  /** Which annotations were not understood, each a sentence fit to be shown; what they say does not hold. */
  readonly problems: readonly string[];
}

/**
 * The thresholds of a claim: what its annotations say, else `general`.
 *
 * `pvcwatch.dev/free-warning` and `free-critical` are a percentage, which holds for inodes too, or a quantity of bytes. Without
 * the first, pvc-autoresizer's `threshold` and `inodes-threshold` are the warnings: below them it should have grown already.
 */
export function thresholdsOf({ alertWishes }: ClaimRecord, general: FreeThresholds): ClaimThresholds {
  if (alertWishes === undefined) return { ...general, ignored: false, problems: none };
  const problems: string[] = [];
  const read = <T>(name: string, text: string | undefined, parse: (text: string) => T | undefined, form: string) => {
    if (text === undefined) return undefined;
    const value = parse(text.trim());
    if (value === undefined) problems.push(`${name}: '${shortened(text)}' is not ${form}, so it is not used.`);
    return value;
  };
  const bound = (name: string, text: string | undefined) =>
    read(name, text, freeBoundOf, 'a percentage such as 15% or a quantity such as 5Gi');
  const warning = bound('pvcwatch.dev/free-warning', alertWishes.freeWarning);
  const critical = bound('pvcwatch.dev/free-critical', alertWishes.freeCritical);
  const resize = bound('resize.topolvm.io/threshold', alertWishes.resizeThreshold);
  const inodes = read(
    'resize.topolvm.io/inodes-threshold',
    alertWishes.inodesThreshold,
    percentOf,
    'a percentage such as 15%',
  );
  const limitBytes = read(
    'resize.topolvm.io/storage_limit',
    alertWishes.storageLimit,
    bytesOf,
    'a quantity such as 100Gi',
  );
  const ignore = read('pvcwatch.dev/ignore', alertWishes.ignore, flagOf, '"true" or "false"');
  return {
    warning: warning ?? resize ?? general.warning,
    critical: critical ?? general.critical,
    inodesWarning: ratioOf(warning) ?? inodes ?? general.inodesWarning,
    inodesCritical: ratioOf(critical) ?? general.inodesCritical,
    ignored: alertWishes.excluded === 'true' || ignore === true,
    ...(limitBytes === undefined || limitBytes === 0 ? {} : { limitBytes }),
    problems,
  };
}

/** The part of `capacityBytes` below which a bound is passed. */
export function boundRatio(bound: FreeBound, capacityBytes: number): number {
  return 'ratio' in bound ? bound.ratio : bound.bytes / capacityBytes;
}

const none: readonly string[] = [];

function ratioOf(bound: FreeBound | undefined): number | undefined {
  return bound && 'ratio' in bound ? bound.ratio : undefined;
}

/** A percentage, or a quantity of bytes; undefined for any other text. */
export function freeBoundOf(text: string): FreeBound | undefined {
  const ratio = percentOf(text);
  if (ratio !== undefined) return { ratio };
  const bytes = bytesOf(text);
  return bytes === undefined ? undefined : { bytes };
}

function percentOf(text: string): number | undefined {
  const number = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1];
  const percent = Number(number);
  return number !== undefined && percent <= 100 ? percent / 100 : undefined;
}

function bytesOf(text: string): number | undefined {
  const { bytes } = readBytes(text);
  return bytes === undefined ? undefined : Number(bytes);
}

function flagOf(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
