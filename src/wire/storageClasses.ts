import type { StorageClassRecord } from '../domain/records.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import type { Kind } from './kind.ts';

/** StorageClasses (storage.k8s.io/v1). */
export const storageClasses: Kind<StorageClassRecord> = {
  plural: 'storageclasses',
  listKind: 'StorageClassList',
  root: '/apis/storage.k8s.io/v1',
  group: 'storage.k8s.io',
  namespaced: false,
  read: readStorageClass,
};

const isDefault = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

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
