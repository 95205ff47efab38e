import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createClaim } from '../support/claimWriter.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { FastClock } from '../support/fastClock.ts';
import { Followed } from '../support/followedSession.ts';
import { bindClusterRole } from '../support/rights.ts';
import { until } from '../support/until.ts';

const limitMs = 30_000;

/** The role that the README says is all that is needed. */
function roleOfReadme(): { readonly metadata: { readonly name: string } } {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const [, yaml] = /```yaml\n(.*?)```/s.exec(readme) ?? assert.fail('The README shows no role.');
  return parse(yaml ?? '');
}

describe('the permissions of the README, on a real kube-apiserver', () => {
  let plane: ControlPlane;
  let followed: Followed;

  before(async function () {
    this.timeout(120_000);
    plane = await ControlPlane.start();
    const role = roleOfReadme();
    await plane.admin.must('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
    await bindClusterRole(plane.admin, role.metadata.name, 'nobody');
    await createClaim(plane.admin, 'shop', 'data', '1Gi');
    followed = new Followed(readFileSync(plane.kubeconfig('nobody'), 'utf8'), new FastClock(1));
  });
  after(async () => {
    followed?.session.dispose();
    await plane?.stop();
  });

  it('are enough for claims, what they are made of, and what uses them', async () => {
    const { session } = followed;
    const demands = (['storageClasses', 'volumes'] as const).map((kind) => session.demand(kind));
    await until('all is followed', limitMs, () => {
      const { connection, synced, partial, storageClasses, volumes } = followed.snapshot;
      return (
        connection.state === 'live' && synced && !partial && storageClasses.state === 'live' && volumes.state === 'live'
      );
    });
    const claim = followed.snapshot.namespaces.get('shop')?.claims.get('data') ?? assert.fail('no claim');
    assert.match(followed.snapshot.identity ?? '', /^[0-9a-f-]{36}$/, 'the cluster is known by its UID');
    const answers = await Promise.all([
      session.readPods('shop'),
      session.readEvents('shop', claim.uid),
      session.readManifest('shop', 'data'),
    ]);
    for (const answer of answers) assert.ok(answer.ok, JSON.stringify(answer));
    for (const demand of demands) demand.dispose();
  });

  it('are no more than to read', () => {
    const { rules } = roleOfReadme() as unknown as { rules: readonly { readonly verbs: readonly string[] }[] };
    assert.deepEqual([...new Set(rules.flatMap(({ verbs }) => verbs))].sort(), ['get', 'list', 'watch']);
  });
});
