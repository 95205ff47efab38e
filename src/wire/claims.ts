import { readBytes } from '../domain/quantity.ts';
import type { ClaimRecord, ConditionRecord } from '../domain/records.ts';
import type { Interner } from './interner.ts';
import { arrayAt, hasTime, type JsonObject, objectAt, objectOf, textAt, timeAt } from './json.ts';
import type { Kind } from './kind.ts';
import { type FieldType, objectMeta } from './shape.ts';

const legacyClass = 'volume.beta.kubernetes.io/storage-class';
const storage: FieldType = { map: 'quantity', keys: ['storage'] };

/** PersistentVolumeClaims (core/v1). */
export const claims: Kind<ClaimRecord> = {
  plural: 'persistentvolumeclaims',
  listKind: 'PersistentVolumeClaimList',
  root: '/api/v1',
  group: '',
  namespaced: true,
  shape: {
    1: ['metadata', objectMeta(legacyClass)],
    2: [
      'spec',
      {
        message: {
          1: ['accessModes', { list: 'string' }],
          2: ['resources', { message: { 2: ['requests', storage] } }],
          3: ['volumeName', 'string'],
          5: ['storageClassName', 'string'],
          6: ['volumeMode', 'string'],
        },
      },
    ],
    3: [
      'status',
      {
        message: {
          1: ['phase', 'string'],
          3: ['capacity', storage],
          4: [
            'conditions',
            {
              list: {
                1: ['type', 'string'],
                2: ['status', 'string'],
                4: ['lastTransitionTime', 'time'],
                5: ['reason', 'string'],
                6: ['message', 'string'],
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
  const intern = (text: string | undefined) => (text === undefined ? undefined : interner.of(text));
  return compact<ClaimRecord>({
    uid,
    namespace: interner.of(namespace),
    name,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    phase: interner.of(textAt(status, 'phase') ?? 'Pending'),
    createdMs: timeAt(metadata, 'creationTimestamp'),
    terminating: hasTime(metadata, 'deletionTimestamp'),
    ...sizesOf(spec, status),
    // The annotation wins, as in the quota evaluator.
    storageClass: intern(textAt(annotations, legacyClass) ?? textAt(spec, 'storageClassName')),
    volumeName: textAt(spec, 'volumeName'),
    volumeMode: intern(textAt(spec, 'volumeMode')),
    accessModes: arrayAt(spec, 'accessModes').flatMap((mode) => (typeof mode === 'string' ? [interner.of(mode)] : [])),
    conditions: arrayAt(status, 'conditions').flatMap((condition) => conditionOf(condition, interner)),
    resizeStatus: intern(textAt(objectAt(status, 'allocatedResourceStatuses'), 'storage')),
  });
}

type Sizes = Pick<
  ClaimRecord,
  'problem' | 'requestedBytes' | 'allocatedBytes' | 'claimedBytes' | 'capacityBytes' | 'capacityProblem'
>;

/** Undefined fields are dropped: what is unknown is absent, and absent fields cost no memory. */
type Loose<T> = { readonly [K in keyof T]-?: T[K] | undefined };

/** max(requested, allocated) as ResourceQuota charges it; unknown when one of the two cannot be counted. */
function sizesOf(spec: JsonObject, status: JsonObject): Loose<Sizes> {
  const problems: string[] = [];
  const capacityProblems: string[] = [];
  const read = (parent: JsonObject, path: string, into = problems): bigint | undefined => {
    const value = parent.storage;
    if (value === undefined || value === null) return undefined;
    // The API server writes strings; numbers are what YAML without quotes makes of whole bytes.
    const text = typeof value === 'number' ? String(value) : value;
    const bytes =
      typeof text === 'string' ? readBytes(text) : { problem: 'is not a Kubernetes quantity such as 200Gi' };
    if (bytes.problem !== undefined) into.push(`${path} ${quoted(value)} ${bytes.problem}`);
    return bytes.bytes;
  };
  const requests = objectAt(objectAt(spec, 'resources'), 'requests');
  const requestedBytes = read(requests, 'spec.resources.requests.storage');
  const allocatedBytes = read(objectAt(status, 'allocatedResources'), 'status.allocatedResources.storage');
  const problem = problems.length > 0 ? problems.join('; ') : undefined;
  const claimedBytes = problem === undefined ? larger(requestedBytes ?? 0n, allocatedBytes ?? 0n) : undefined;
  const capacityBytes = read(objectAt(status, 'capacity'), 'status.capacity.storage', capacityProblems);
  return {
    requestedBytes,
    allocatedBytes,
    claimedBytes,
    capacityBytes,
    problem,
    capacityProblem: capacityProblems[0],
  };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

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
    compact<ConditionRecord>({
      type: interner.of(type),
      status: interner.of(textAt(condition, 'status') ?? 'Unknown'),
      reason: interner.of(textAt(condition, 'reason') ?? ''),
      message: interner.of(textAt(condition, 'message') ?? ''),
      sinceMs: timeAt(condition, 'lastTransitionTime'),
    }),
  ];
}

function compact<T>(loose: Loose<T>): T {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(loose)) if (value !== undefined) result[key] = value;
  return result as T;
}
