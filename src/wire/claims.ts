import type { BytesOrProblem } from '../domain/quantity.ts';
import type { AlertWishes, ClaimRecord, ConditionRecord } from '../domain/records.ts';
import type { Interner } from './interner.ts';
import { arrayAt, hasTime, type JsonObject, objectAt, objectOf, textAt, timeAt } from './json.ts';
import { type CommonFacts, KeptClaim } from './keptClaim.ts';
import type { Kind } from './kind.ts';
import { type FieldType, labelledMeta } from './shape.ts';

const legacyClass = 'volume.beta.kubernetes.io/storage-class';
/** kubernetes `pkg/controller/volume/persistentvolume`: both are written; clusters before 1.23 wrote the second alone. */
const provisionedBy = ['volume.kubernetes.io/storage-provisioner', 'volume.beta.kubernetes.io/storage-provisioner'];
const excludedLabel = 'excluded_from_alerts';
const wishKeys: readonly (readonly [wish: Exclude<keyof AlertWishes, 'excluded'>, annotation: string])[] = [
  ['ignore', 'pvcwatch.dev/ignore'],
  ['freeWarning', 'pvcwatch.dev/free-warning'],
  ['freeCritical', 'pvcwatch.dev/free-critical'],
  ['resizeThreshold', 'resize.topolvm.io/threshold'],
  ['inodesThreshold', 'resize.topolvm.io/inodes-threshold'],
  ['storageLimit', 'resize.topolvm.io/storage_limit'],
];
const storage: FieldType = { map: 'quantity', keys: ['storage'] };

/** PersistentVolumeClaims (core/v1). */
export const claims: Kind<ClaimRecord> = {
  plural: 'persistentvolumeclaims',
  listKind: 'PersistentVolumeClaimList',
  root: '/api/v1',
  group: '',
  namespaced: true,
  shape: {
    1: ['metadata', labelledMeta([excludedLabel], [legacyClass, ...provisionedBy, ...wishKeys.map(([, key]) => key)])],
    2: [
      'spec',
      {
        message: {
          1: ['accessModes', { list: 'word' }],
          2: ['resources', { message: { 2: ['requests', storage] } }],
          3: ['volumeName', 'string'],
          5: ['storageClassName', 'word'],
          6: ['volumeMode', 'word'],
        },
      },
    ],
    3: [
      'status',
      {
        message: {
          1: ['phase', 'word'],
          3: ['capacity', storage],
          4: [
            'conditions',
            {
              list: {
                1: ['type', 'word'],
                2: ['status', 'word'],
                5: ['reason', 'word'],
                6: ['message', 'word'],
              },
            },
          ],
          5: ['allocatedResources', storage],
          7: ['allocatedResourceStatuses', { map: 'string', keys: ['storage'] }],
        },
      },
    ],
  },
  read: readClaim,
};

function readClaim(object: JsonObject, interner: Interner): ClaimRecord | undefined {
  const metadata = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const status = objectAt(object, 'status');
  const [uid, name, namespace] = [textAt(metadata, 'uid'), textAt(metadata, 'name'), textAt(metadata, 'namespace')];
  if (uid === undefined || name === undefined || namespace === undefined) return undefined;
  const annotations = objectAt(metadata, 'annotations');
  const own = {
    uid,
    namespace: interner.of(namespace),
    name,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    createdMs: timeAt(metadata, 'creationTimestamp'),
    volumeName: textAt(spec, 'volumeName'),
  };
  const common: Loose<CommonFacts> = {
    phase: interner.of(textAt(status, 'phase') ?? 'Pending'),
    terminating: hasTime(metadata, 'deletionTimestamp'),
    accessModes: accessModesOf(arrayAt(spec, 'accessModes'), interner),
    conditions: conditionsOf(arrayAt(status, 'conditions'), interner),
  };
  // The annotation wins, as in the quota evaluator.
  const storageClass = textAt(annotations, legacyClass) ?? textAt(spec, 'storageClassName');
  const provisioner = provisionedBy.map((key) => textAt(annotations, key)).find((each) => each !== undefined);
  const volumeMode = textAt(spec, 'volumeMode');
  const resizeStatus = textAt(objectAt(status, 'allocatedResourceStatuses'), 'storage');
  // What is unknown is absent. Fields are set one by one, always in the same order, because that is a tenth of the work of
  // copying them from one object to another, and this runs for every claim of a cluster.
  if (storageClass !== undefined) common.storageClass = interner.of(storageClass);
  if (provisioner !== undefined) common.provisioner = interner.of(provisioner);
  if (volumeMode !== undefined) common.volumeMode = interner.of(volumeMode);
  if (resizeStatus !== undefined) common.resizeStatus = interner.of(resizeStatus);
  const alertWishes = wishesOf(metadata, annotations, interner);
  if (alertWishes !== undefined) common.alertWishes = alertWishes;
  setSizes(common, spec, status, interner);
  return new KeptClaim(own, common, interner);
}

/** Undefined for most claims, so that it costs them nothing. */
function wishesOf(metadata: JsonObject, annotations: JsonObject, interner: Interner): AlertWishes | undefined {
  const excluded = textAt(objectAt(metadata, 'labels'), excludedLabel);
  let wishes: Loose<AlertWishes> | undefined = excluded === undefined ? undefined : { excluded: interner.of(excluded) };
  for (const [wish, annotation] of wishKeys) {
    const text = textAt(annotations, annotation);
    if (text === undefined) continue;
    wishes ??= {};
    wishes[wish] = interner.of(text);
  }
  return wishes;
}

/** While it is filled in. */
type Loose<T> = { -readonly [K in keyof T]: T[K] };

/** max(requested, allocated) as ResourceQuota charges it; unknown when one of the two cannot be counted. */
function setSizes(record: Loose<CommonFacts>, spec: JsonObject, status: JsonObject, interner: Interner): void {
  const read = (parent: JsonObject, path: string) => readSize(parent, path, interner);
  const requested = read(objectAt(objectAt(spec, 'resources'), 'requests'), 'spec.resources.requests.storage');
  const allocated = read(objectAt(status, 'allocatedResources'), 'status.allocatedResources.storage');
  const capacity = read(objectAt(status, 'capacity'), 'status.capacity.storage');
  const problem = [requested?.problem, allocated?.problem].filter((each) => each !== undefined).join('; ');
  if (requested?.bytes !== undefined) record.requestedBytes = requested.bytes;
  if (allocated?.bytes !== undefined) record.allocatedBytes = allocated.bytes;
  if (problem === '') record.claimedBytes = larger(requested?.bytes, allocated?.bytes);
  else record.problem = problem;
  if (capacity?.bytes !== undefined) record.capacityBytes = capacity.bytes;
  if (capacity?.problem !== undefined) record.capacityProblem = capacity.problem;
}

/** The storage of a resource list, its problem with path and value; undefined when it is not there. */
function readSize(parent: JsonObject, path: string, interner: Interner): BytesOrProblem | undefined {
  const value = parent.storage;
  if (value === undefined || value === null) return undefined;
  // The API server writes strings; numbers are what YAML without quotes makes of whole bytes.
  const text = typeof value === 'number' ? String(value) : value;
  const read =
    typeof text === 'string' ? interner.bytesOf(text) : { problem: 'is not a Kubernetes quantity such as 200Gi' };
  return read.problem === undefined ? read : { problem: `${path} ${quoted(value)} ${read.problem}` };
}

function larger(a = 0n, b = 0n): bigint {
  return a > b ? a : b;
}

function accessModesOf(modes: readonly unknown[], interner: Interner): readonly string[] {
  return modes.length === 0 ? none : modes.filter((mode) => typeof mode === 'string').map((mode) => interner.of(mode));
}

function conditionsOf(conditions: readonly unknown[], interner: Interner): readonly ConditionRecord[] {
  return conditions.length === 0 ? none : conditions.flatMap((condition) => conditionOf(condition, interner));
}

/** One for all that have none. */
const none: readonly never[] = Object.freeze([]);

/** Never by JSON.stringify: that throws on deep nesting. */
function quoted(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? '(a list)' : '(an object)';
  const text = String(value);
  return text.length > 40 ? `'${text.slice(0, 40)}…'` : `'${text}'`;
}

function conditionOf(value: unknown, interner: Interner): readonly ConditionRecord[] {
  const condition = objectOf(value);
  const type = condition && textAt(condition, 'type');
  if (condition === undefined || type === undefined) return [];
  return [
    {
      type: interner.of(type),
      status: interner.of(textAt(condition, 'status') ?? 'Unknown'),
      reason: interner.of(textAt(condition, 'reason') ?? ''),
      message: interner.of(textAt(condition, 'message') ?? ''),
    },
  ];
}
