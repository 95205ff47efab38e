import type { VolumeRecord } from '../domain/records.ts';
import type { Interner } from './interner.ts';
import { type JsonObject, objectAt, objectOf, textAt } from './json.ts';
import type { Kind } from './kind.ts';
import { type FieldType, objectMeta, type Shape } from './shape.ts';

const present: FieldType = { message: {} };

/** core/v1 PersistentVolumeSource: of these one is there. Only of CSI more than its presence is read. */
const sources: Shape = {
  1: ['gcePersistentDisk', present],
  2: ['awsElasticBlockStore', present],
  3: ['hostPath', present],
  4: ['glusterfs', present],
  5: ['nfs', present],
  6: ['rbd', present],
  7: ['iscsi', present],
  8: ['cinder', present],
  9: ['cephfs', present],
  10: ['fc', present],
  12: ['flexVolume', present],
  13: ['azureFile', present],
  14: ['vsphereVolume', present],
  16: ['azureDisk', present],
  18: ['portworxVolume', present],
  20: ['local', present],
  22: ['csi', { message: { 1: ['driver', 'word'] } }],
};
const sourceKeys = Object.values(sources).map(([key]) => key);

/** PersistentVolumes (core/v1). */
export const volumes: Kind<VolumeRecord> = {
  plural: 'persistentvolumes',
  listKind: 'PersistentVolumeList',
  root: '/api/v1',
  group: '',
  namespaced: false,
  shape: {
    1: ['metadata', objectMeta()],
    2: ['spec', { message: { 2: ['persistentVolumeSource', { embedded: sources }] } }],
    3: ['status', { message: { 1: ['phase', 'word'] } }],
  },
  read: readVolume,
};

function readVolume(object: JsonObject, interner: Interner): VolumeRecord | undefined {
  const metadata = objectAt(object, 'metadata');
  const [uid, name] = [textAt(metadata, 'uid'), textAt(metadata, 'name')];
  if (uid === undefined || name === undefined) return undefined;
  const spec = objectAt(object, 'spec');
  const source = sourceKeys.find((key) => objectOf(spec[key]) !== undefined);
  const driver = textAt(objectAt(spec, 'csi'), 'driver');
  return {
    uid,
    name,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    phase: interner.of(textAt(objectAt(object, 'status'), 'phase') ?? 'Unknown'),
    ...(source === undefined ? {} : { source }),
    ...(driver === undefined ? {} : { driver: interner.of(driver) }),
  };
}
