import type { AlertWishes, ClaimRecord, ConditionRecord } from '../domain/records.ts';
import type { Interner } from './interner.ts';

/** What tells a claim from every other. */
type Own = 'uid' | 'namespace' | 'name' | 'resourceVersion' | 'createdMs' | 'volumeName';
/** What many claims have alike. */
export type CommonFacts = Omit<ClaimRecord, Own>;

/**
 * A claim as it is kept by the hundred thousand: its own facts, and one object for what others have alike.
 *
 * With all facts in every record a claim takes 631 bytes, so about 200: there are few sizes, classes and conditions.
 * A provisioner names a volume after the UID of its claim, and the API server counts time in whole seconds.
 */
export class KeptClaim implements ClaimRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly createdSeconds: number | undefined;
  /** Its name; true for that which a provisioner gives, false for none. */
  readonly volume: string | boolean;
  readonly common: CommonFacts;

  constructor(own: Pick<ClaimRecord, Own>, common: CommonFacts, interner: Interner) {
    const { uid, createdMs, volumeName } = own;
    this.uid = uid;
    this.namespace = own.namespace;
    this.name = own.name;
    this.resourceVersion = own.resourceVersion;
    this.createdSeconds = createdMs === undefined ? undefined : createdMs / 1000;
    this.volume = volumeName === undefined ? false : volumeName === provisioned(uid) || volumeName;
    this.common = interner.share(hashOf(common), common, isSame);
  }

  get createdMs(): number | undefined {
    return this.createdSeconds === undefined ? undefined : Math.round(this.createdSeconds * 1000);
  }

  get volumeName(): string | undefined {
    if (this.volume === true) return provisioned(this.uid);
    return this.volume === false ? undefined : this.volume;
  }

  get phase() {
    return this.common.phase;
  }

  get terminating() {
    return this.common.terminating;
  }

  get requestedBytes() {
    return this.common.requestedBytes;
  }

  get allocatedBytes() {
    return this.common.allocatedBytes;
  }

  get claimedBytes() {
    return this.common.claimedBytes;
  }

  get capacityBytes() {
    return this.common.capacityBytes;
  }

  get problem() {
    return this.common.problem;
  }

  get capacityProblem() {
    return this.common.capacityProblem;
  }

  get storageClass() {
    return this.common.storageClass;
  }

  get provisioner() {
    return this.common.provisioner;
  }

  get volumeMode() {
    return this.common.volumeMode;
  }

  get accessModes() {
    return this.common.accessModes;
  }

  get conditions() {
    return this.common.conditions;
  }

  get resizeStatus() {
    return this.common.resizeStatus;
  }

  get alertWishes() {
    return this.common.alertWishes;
  }
}

/** The name that external-provisioner gives to the volume of a claim. */
function provisioned(uid: string): string {
  return `pvc-${uid}`;
}

/** Equal for equal facts, and mostly another for others. Not a text: to write one takes longer than to read the claim. */
function hashOf(facts: CommonFacts): number {
  const { requestedBytes, capacityBytes, storageClass = '', phase, conditions, alertWishes } = facts;
  const texts = storageClass.length + 31 * (storageClass.charCodeAt(storageClass.length - 1) || 0) + phase.length;
  return (
    Number(requestedBytes ?? 1n) +
    3 * Number(capacityBytes ?? 2n) +
    texts +
    4099 * conditions.length +
    wishHash(alertWishes)
  );
}

function wishHash(wishes: AlertWishes | undefined): number {
  if (wishes === undefined) return 0;
  let hash = 16_411;
  for (const [wish, text = ''] of Object.entries(wishes))
    hash = hash * 31 + wish.charCodeAt(0) + 7 * wish.length + text.length;
  return hash % 1_000_003;
}

function isSame(a: CommonFacts, b: CommonFacts): boolean {
  return (
    a.requestedBytes === b.requestedBytes &&
    a.capacityBytes === b.capacityBytes &&
    a.claimedBytes === b.claimedBytes &&
    a.allocatedBytes === b.allocatedBytes &&
    a.phase === b.phase &&
    a.terminating === b.terminating &&
    a.storageClass === b.storageClass &&
    a.provisioner === b.provisioner &&
    a.volumeMode === b.volumeMode &&
    a.resizeStatus === b.resizeStatus &&
    a.problem === b.problem &&
    a.capacityProblem === b.capacityProblem &&
    isSameWishes(a.alertWishes, b.alertWishes) &&
    isSameList(a.accessModes, b.accessModes, Object.is) &&
    isSameList(a.conditions, b.conditions, isSameCondition)
  );
}

function isSameWishes(a: AlertWishes | undefined, b: AlertWishes | undefined): boolean {
  return (
    a === b ||
    (a !== undefined &&
      b !== undefined &&
      a.excluded === b.excluded &&
      a.ignore === b.ignore &&
      a.freeWarning === b.freeWarning &&
      a.freeCritical === b.freeCritical &&
      a.resizeThreshold === b.resizeThreshold &&
      a.inodesThreshold === b.inodesThreshold &&
      a.storageLimit === b.storageLimit)
  );
}

function isSameCondition(a: ConditionRecord, b: ConditionRecord): boolean {
  return a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;
}

function isSameList<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a === b || (a.length === b.length && a.every((each, index) => same(each, b[index] as T)));
}
