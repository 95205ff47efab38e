import assert from 'node:assert/strict';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { collectionPath, objectPath } from '../../../src/wire/kind.ts';
import { namespaces, projects } from '../../../src/wire/namespaces.ts';
import { pods } from '../../../src/wire/pods.ts';
import { storageClasses } from '../../../src/wire/storageClasses.ts';
import { volumes } from '../../../src/wire/volumes.ts';

const metadata = { name: 'web-0', namespace: 'shop', uid: 'u1', resourceVersion: '7' };

describe('pod reader', () => {
  it('names every claim a pod uses, those of its ephemeral volumes included', () => {
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } },
      { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
      { name: 'config', configMap: { name: 'c' } },
      { name: 'tmp', emptyDir: {} },
      { ephemeral: {} },
      { name: 'odd', persistentVolumeClaim: { claimName: 5 } },
      null,
      'x',
    ];
    assert.deepEqual(
      pods.read({ metadata, spec: { nodeName: 'n1', volumes }, status: { phase: 'Running' } }, new Interner()),
      {
        uid: 'u1',
        namespace: 'shop',
        name: 'web-0',
        resourceVersion: '7',
        phase: 'Running',
        nodeName: 'n1',
        volumes: [
          { name: 'data', claimName: 'data-web-0' },
          { name: 'scratch', claimName: 'web-0-scratch' },
        ],
      },
    );
  });

  it('reads a pod that is nowhere yet', () => {
    const record = pods.read({ metadata }, new Interner());
    assert.deepEqual([record?.phase, record?.nodeName, record?.volumes], ['Unknown', undefined, []]);
  });
});

describe('storage class reader', () => {
  const read = (more: Readonly<Record<string, unknown>>) => {
    const record = storageClasses.read({ metadata, provisioner: 'ebs.csi.aws.com', ...more }, new Interner());
    assert.ok(record);
    return record;
  };

  it('reads what binds, what grows and what is the default', () => {
    assert.deepEqual(read({}), {
      uid: 'u1',
      name: 'web-0',
      resourceVersion: '7',
      provisioner: 'ebs.csi.aws.com',
      waitsForConsumer: false,
      expandable: false,
      isDefault: false,
    });
    assert.equal(read({ volumeBindingMode: 'WaitForFirstConsumer' }).waitsForConsumer, true);
    assert.equal(read({ volumeBindingMode: 'Immediate' }).waitsForConsumer, false);
    assert.equal(read({ allowVolumeExpansion: true }).expandable, true);
    assert.equal(read({ allowVolumeExpansion: 'true' }).expandable, false);
  });

  const annotations: [key: string, value: string, isDefault: boolean][] = [
    ['storageclass.kubernetes.io/is-default-class', 'true', true],
    ['storageclass.kubernetes.io/is-default-class', 'false', false],
    ['storageclass.beta.kubernetes.io/is-default-class', 'true', true],
    ['other', 'true', false],
  ];
  for (const [key, value, isDefault] of annotations) {
    it(`${key}: ${value} ${isDefault ? 'is' : 'is not'} the default`, () =>
      assert.equal(read({ metadata: { ...metadata, annotations: { [key]: value } } }).isDefault, isDefault));
  }
});

describe('namespace reader', () => {
  it('reads namespaces and OpenShift projects', () => {
    for (const kind of [namespaces, projects]) {
      const record = kind.read(
        { metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
        new Interner(),
      );
      assert.deepEqual(record, { uid: 'u1', name: 'web-0', resourceVersion: '7', terminating: true });
      assert.equal(kind.read({ metadata }, new Interner())?.terminating, false);
    }
  });
});

describe('volume reader', () => {
  const read = (spec: unknown, status: unknown = { phase: 'Bound' }) => {
    const record = volumes.read({ metadata, spec, status }, new Interner());
    assert.ok(record);
    return [record.phase, record.source, record.driver];
  };

  it('reads what a volume is stored on', () => {
    assert.deepEqual(read({ capacity: { storage: '1Gi' }, nfs: { server: 'a', path: '/b' } }), [
      'Bound',
      'nfs',
      undefined,
    ]);
    assert.deepEqual(read({ csi: { driver: 'ebs.csi.aws.com' } }), ['Bound', 'csi', 'ebs.csi.aws.com']);
    assert.deepEqual(read({ quobyte: {} }, null), ['Unknown', undefined, undefined]);
    assert.deepEqual(read({ csi: 'x', hostPath: { path: '/c' } }), ['Bound', 'hostPath', undefined]);
  });
});

describe('every reader', () => {
  it('reads nothing without a name or a UID', () => {
    for (const kind of [claims, namespaces, projects, pods, storageClasses, volumes]) {
      for (const missing of ['name', 'uid'])
        assert.equal(kind.read({ metadata: { ...metadata, [missing]: undefined } }, new Interner()), undefined);
    }
  });
});

describe('paths', () => {
  const paths: [path: string, expected: string][] = [
    [collectionPath(claims), '/api/v1/persistentvolumeclaims'],
    [collectionPath(claims, 'shop'), '/api/v1/namespaces/shop/persistentvolumeclaims'],
    [collectionPath(claims, '../x?y'), '/api/v1/namespaces/..%2Fx%3Fy/persistentvolumeclaims'],
    [collectionPath(storageClasses, 'shop'), '/apis/storage.k8s.io/v1/storageclasses'],
    [collectionPath(pods, 'shop'), '/api/v1/namespaces/shop/pods'],
    [collectionPath(projects), '/apis/project.openshift.io/v1/projects'],
    [objectPath(claims, 'a', 'shop'), '/api/v1/namespaces/shop/persistentvolumeclaims/a'],
    [objectPath(namespaces, 'kube-system'), '/api/v1/namespaces/kube-system'],
    [objectPath(claims, 'a/../b', 'shop'), '/api/v1/namespaces/shop/persistentvolumeclaims/a%2F..%2Fb'],
  ];
  for (const [path, expected] of paths) it(expected, () => assert.equal(path, expected));
});

describe('interner', () => {
  it('answers equal strings, also after it started over', () => {
    const interner = new Interner(3);
    for (let index = 0; index < 100; index++) assert.equal(interner.of(`ns-${index}`), `ns-${index}`);
    assert.equal(interner.of('ns-0'), 'ns-0');
  });
});
