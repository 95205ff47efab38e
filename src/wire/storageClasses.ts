import type { StorageClassRecord } from '../domain/records.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import type { Kind } from './kind.ts';
import { objectMeta } from './shape.ts';

const isDefault = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** StorageClasses (storage.k8s.io/v1). */
export const storageClasses: Kind<StorageClassRecord> = {
  plural: 'storageclasses',
  listKind: 'StorageClassList',
  root: '/apis/storage.k8s.io/v1',
  group: 'storage.k8s.io',
  namespaced: false,
  shape: {
    1: ['metadata', objectMeta(...isDefault)],
    2: ['provisioner', 'string'],
    6: ['allowVolumeExpansion', 'bool'],
    7: ['volumeBindingMode', 'string'],
  },
  read: readStorageClass,
};

function readStorageClass(object: JsonObject): StorageClassRecord | undefined {
  const metadata = objectAt(object, 'metadata');
  const [uid, name] = [textAt(metadata, 'uid'), textAt(metadata, 'name')];
  if (uid === undefined || name === undefined) return undefined;
  const annotations = objectAt(metadata, 'annotations');
  return {
    uid,
    name,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    provisioner: textAt(object, 'provisioner') ?? '',
    waitsForConsumer: object.volumeBindingMode === 'WaitForFirstConsumer',
    expandable: object.allowVolumeExpansion === true,
    isDefault: isDefault.some((key) => annotations[key] === 'true'),
  };
}
