import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import { AdminClient } from '../support/adminClient.ts';
import { createClaim } from '../support/claimWriter.ts';
import { claimsOfCluster, claimsOfSnapshot, differences } from '../support/clusterTruth.ts';
import type { Followed } from '../support/followedSession.ts';
import { createNamespace } from '../support/rights.ts';
import { until } from '../support/until.ts';
import type { Stage } from './stage.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** Rights, credentials and namespaces that change while they are in use. */
export function rightsFaults(stage: () => Stage): void {
  const bind = async (name: string, role: string, subject: Record<string, string>, namespace?: string) =>
    await stage().plane.admin.must('POST', bindings(namespace), {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name: role },
      subjects: [subject],
    });
  const unbind = async (name: string, namespace?: string) =>
    await stage().plane.admin.must('DELETE', `${bindings(namespace)}/${name}`);
  const lister = { kind: 'User', name: 'lister', apiGroup };

  it('counts what it may read while rights go and come, for all and for single namespaces', async () => {
    const { plane, proxy } = stage();
    await bind('faults-wide', 'pvcwatch-claims', lister);
    const followed = await stage().follow('lister', 'proxy');
    await followed.equals(plane);
    followed.forget();
    assert.equal(followed.snapshot.partial, false);

    await unbind('faults-wide');
    proxy.way.cut();
    await shows(followed, 'single namespaces are followed', ({ connection, partial, namespaces }) => {
      return connection.state === 'live' && partial && namespaces.get('default')?.access === 'forbidden';
    });
    await equalsIn(stage(), followed, ['shop', 'blog']);

    await unbind('pvcwatch-claims', 'blog');
    proxy.way.cut();
    await shows(followed, 'blog is forbidden', ({ namespaces }) => namespaces.get('blog')?.access === 'forbidden');
    await shows(followed, 'shop is live', ({ connection, claimsState, namespaces }) => {
      return connection.state === 'live' && claimsState === 'live' && namespaces.get('shop')?.access === 'ok';
    });
    await equalsIn(stage(), followed, ['shop']);

    await bind('pvcwatch-claims', 'pvcwatch-claims', lister, 'blog');
    await shows(followed, 'blog is readable', ({ namespaces }) => namespaces.get('blog')?.access === 'ok');
    await equalsIn(stage(), followed, ['shop', 'blog']);

    await bind('faults-wide', 'pvcwatch-claims', lister);
    followed.session.retry('background');
    await shows(followed, 'all is readable', ({ partial }) => !partial);
    await followed.equals(plane);
    await unbind('faults-wide');
    assert.deepEqual([...new Set(followed.states)].sort(), ['live', 'stale']);
  });

  it('says that its token is not accepted, and goes on with the one that takes its place in the file', async () => {
    const { plane, proxy } = stage();
    const accounts = '/api/v1/namespaces/shop/serviceaccounts';
    const newToken = async () => {
      await plane.admin.must('POST', accounts, { metadata: { name: 'robot' } });
      const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
      const { status } = (await plane.admin.must('POST', `${accounts}/robot/token`, request)) as {
        readonly status?: { readonly token?: string };
      };
      return status?.token ?? assert.fail('no token');
    };
    await bind('faults-robot', 'pvcwatch-viewer', { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' });
    const old = await newToken();
    const tokenFile = stage().file(old);
    const followed = await stage().follow('viewer', 'proxy', { proof: { tokenFile } });
    followed.forget();

    await plane.admin.must('DELETE', `${accounts}/robot`);
    const token = await newToken();
    const robot = new AdminClient(plane.server, plane.ca, old);
    await until('the old token is refused', 30_000, async () => {
      return (await robot.send('GET', '/api/v1/namespaces')).status === 401;
    });
    const asked = proxy.requests.length;
    proxy.way.cut();
    await shows(followed, 'it says so', ({ connection }) => {
      return connection.state === 'stale' && /does not accept the credentials/.test(connection.error.message);
    });
    writeFileSync(tokenFile, token);
    await followed.becomes('live');
    await followed.equals(plane);
    assert.deepEqual(followed.states, ['live', 'stale', 'live']);
    assert.equal(followed.claims.lists, 1);
    assert.ok(proxy.requests.length - asked < 30, `${proxy.requests.length - asked} requests`);
    await unbind('faults-robot');
  });

  it('follows a namespace that is deleted and made anew with claims of the same names', async () => {
    const { plane } = stage();
    await createNamespace(plane.admin, 'phoenix');
    await createClaim(plane.admin, 'phoenix', 'egg', '1Gi');
    const followed = await stage().follow('viewer', 'proxy');
    followed.forget();
    await shows(followed, 'it is named', ({ namespaces }) => namespaces.get('phoenix')?.uid !== undefined);
    const before = followed.snapshot.namespaces.get('phoenix')?.uid;
    await plane.admin.must('DELETE', '/api/v1/namespaces/phoenix');
    await shows(followed, 'it is gone', ({ namespaces }) => !namespaces.has('phoenix'));
    await createNamespace(plane.admin, 'phoenix');
    await createClaim(plane.admin, 'phoenix', 'egg', '2Gi');
    await shows(followed, 'it is another', ({ namespaces }) => {
      const uid = namespaces.get('phoenix')?.uid;
      return uid !== undefined && uid !== before;
    });
    await followed.equals(plane);
    assert.deepEqual([followed.states, followed.claims.lists], [['live'], 1]);
  });
}

function bindings(namespace: string | undefined): string {
  return namespace === undefined ? `${rbac}/clusterrolebindings` : `${rbac}/namespaces/${namespace}/rolebindings`;
}

async function shows(followed: Followed, what: string, like: (snapshot: StorageSnapshot) => boolean): Promise<void> {
  await until(what, 60_000, () => like(followed.snapshot));
}

/** Whether it shows the claims of these namespaces as they are, and no others. */
async function equalsIn({ plane }: Stage, followed: Followed, namespaces: readonly string[]): Promise<void> {
  let difference = '';
  for (let tries = 0; tries < 50; tries++) {
    const truth = (await claimsOfCluster(plane)).filter((line) => namespaces.includes(line.split('/')[0] ?? ''));
    difference = differences(truth, claimsOfSnapshot(followed.snapshot));
    if (truth.length > 0 && difference === '') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`The store differs from what ${namespaces.join(' and ')} hold:\n${difference}`);
}
