import type { PodRecord } from '../domain/records.ts';
import type { Interner } from './interner.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from './json.ts';
import type { Kind } from './kind.ts';
import { objectMeta } from './shape.ts';

/** Pods (core/v1), as far as they use claims. */
export const pods: Kind<PodRecord> = {
  plural: 'pods',
  listKind: 'PodList',
  root: '/api/v1',
  group: '',
  namespaced: true,
  shape: {
    1: ['metadata', objectMeta()],
    2: [
      'spec',
      {
        message: {
          1: [
            'volumes',
            {
              list: {
                1: ['name', 'string'],
                2: [
                  'volumeSource',
                  {
                    embedded: {
                      10: ['persistentVolumeClaim', { message: { 1: ['claimName', 'string'] } }],
                      29: ['ephemeral', { message: {} }],
                    },
                  },
                ],
              },
            },
          ],
          10: ['nodeName', 'word'],
        },
      },
    ],
    3: ['status', { message: { 1: ['phase', 'word'] } }],
  },
  read: readPod,
};

function readPod(object: JsonObject, interner: Interner): PodRecord | undefined {
  const metadata = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const [uid, name, namespace] = [textAt(metadata, 'uid'), textAt(metadata, 'name'), textAt(metadata, 'namespace')];
  if (uid === undefined || name === undefined || namespace === undefined) return undefined;
  const nodeName = textAt(spec, 'nodeName');
  return {
    uid,
    namespace: interner.of(namespace),
    name,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    phase: interner.of(textAt(objectAt(object, 'status'), 'phase') ?? 'Unknown'),
    ...(nodeName === undefined ? {} : { nodeName: interner.of(nodeName) }),
    claimNames: arrayAt(spec, 'volumes').flatMap((volume) => claimNameOf(volume, name)),
  };
}

/** A generic ephemeral volume has a claim of its own, named `<pod>-<volume>`. */
function claimNameOf(value: unknown, podName: string): readonly string[] {
  const volume = objectOf(value);
  if (!volume) return [];
  const claimName = textAt(objectAt(volume, 'persistentVolumeClaim'), 'claimName');
  if (claimName !== undefined) return [claimName];
  const volumeName = textAt(volume, 'name');
  return objectOf(volume.ephemeral) && volumeName !== undefined ? [`${podName}-${volumeName}`] : [];
}
