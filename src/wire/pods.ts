import type { PodRecord, PodVolume } from '../domain/records.ts';
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
    volumes: arrayAt(spec, 'volumes').flatMap((volume) => claimOf(volume, name)),
  };
}

/** A generic ephemeral volume has a claim of its own, named `<pod>-<volume>`. */
function claimOf(value: unknown, podName: string): readonly PodVolume[] {
  const volume = objectOf(value);
  if (!volume) return [];
  const name = textAt(volume, 'name');
  const claimName = textAt(objectAt(volume, 'persistentVolumeClaim'), 'claimName');
  if (name === undefined) return [];
  if (claimName !== undefined) return [{ name, claimName }];
  return objectOf(volume.ephemeral) ? [{ name, claimName: `${podName}-${name}` }] : [];
}
