import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { Connection } from '../../src/cluster/connection.ts';
import { credentialsOf } from '../../src/cluster/credentials.ts';
import { listAll } from '../../src/cluster/listPager.ts';
import { claims } from '../../src/wire/claims.ts';
import { Interner } from '../../src/wire/interner.ts';
import { createClaim, deleteClaim } from '../support/claimWriter.ts';
import { createNamespace } from '../support/rights.ts';
import { targetOfText, willingGate } from '../support/textTarget.ts';
import { until } from '../support/until.ts';
import type { Stage } from './stage.ts';

/** What happens to the server itself; TLS is spoken with it and nobody between. */
export function serverFaults(stage: () => Stage): void {
  it('notices a server that stands still, and goes on with it when it goes on', async () => {
    const { plane } = stage();
    const followed = await stage().follow('viewer', 'relay');
    followed.forget();
    const asked = followed.session.diagnostics().requests;
    plane.pauseApiServer();
    try {
      await followed.becomes('stale', 15_000);
    } finally {
      plane.resumeApiServer();
    }
    await createClaim(plane.admin, 'shop', 'after-the-pause', '1Gi');
    await followed.becomes('live');
    await followed.equals(plane);
    assert.deepEqual([followed.states, followed.claims.lists], [['live', 'stale', 'live'], 1]);
    const requests = followed.session.diagnostics().requests - asked;
    assert.ok(requests < 20, `${requests} requests`);
  });

  it('survives a server that is killed and comes back with another certificate, by token and by renewed client certificate', async () => {
    const { plane } = stage();
    const { certFile, keyFile } = plane.userCertificate();
    const proof = { 'client-certificate': certFile, 'client-key': keyFile };
    const all = [await stage().follow('viewer', 'relay'), await stage().follow('certificate', 'relay', { proof })];
    for (const followed of all) followed.forget();
    const asked = all.map(({ session }) => session.diagnostics().requests);
    const before = readFileSync(certFile, 'utf8');
    await plane.killApiServer();
    for (const followed of all) await followed.becomes('stale', 5_000);
    plane.renewServingCertificate();
    plane.userCertificate();
    assert.notEqual(readFileSync(certFile, 'utf8'), before);
    await plane.restartApiServer();
    await createClaim(plane.admin, 'shop', 'after-the-crash', '1Gi');
    for (const [index, followed] of all.entries()) {
      await followed.becomes('live');
      await followed.equals(plane);
      // Nobody is told of missing rights by a server that has not read the roles yet.
      assert.deepEqual(followed.states, ['live', 'stale', 'live']);
      assert.ok(followed.fewest >= 4, `${followed.fewest} claims at one moment`);
      const requests = followed.session.diagnostics().requests - (asked[index] ?? 0);
      assert.ok(requests < 120, `${requests} requests`);
    }
  });

  it('lists anew when the server has forgotten where it was, and a list whose continue token has expired', async () => {
    const { plane, relay, proxy } = stage();
    await createNamespace(plane.admin, 'many');
    const names = Array.from({ length: 501 }, (_, index) => `claim-${index}`);
    for (let from = 0; from < names.length; from += 20)
      await Promise.all(
        names
          .slice(from, from + 20)
          .map((name) => createClaim(plane.admin, 'many', name, '1Mi', { storageClass: 'waiting' })),
      );
    const followed = await stage().follow('viewer', 'relay');
    await followed.equals(plane);
    followed.forget();

    // A list is held between its first page and its second, while the way of the watch is closed.
    let forgotten = () => {};
    const compacted = new Promise<void>((resolve) => {
      forgotten = resolve;
    });
    let continued = 0;
    proxy.before = async ({ query }) => {
      if (query.has('continue') && continued++ === 0) await compacted;
    };
    const connection = connectionBy(stage());
    const { signal } = new AbortController();
    const request = { connection, collection: { kind: claims, namespace: 'many' }, interner: new Interner(), signal };
    // The cache is behind so high a version, which leaves the pages.
    const list = listAll(request, String(Number.MAX_SAFE_INTEGER));
    await until('the second page is asked for', 20_000, () => continued > 0);
    await relay.become('refused');
    await deleteClaim(plane.admin, 'many', 'claim-0');
    await deleteClaim(plane.admin, 'shop', 'after-the-crash');
    await createClaim(plane.admin, 'shop', 'after-the-compaction', '1Gi');
    await plane.compact();
    await plane.restartApiServer();
    forgotten();
    const listed = await list;
    connection.dispose();
    assert.ok(listed.ok);
    assert.equal(listed.value.items.length, 500);
    assert.ok(!listed.value.items.some(({ name }) => name === 'claim-0'));

    const { fewest } = followed;
    await relay.become('open');
    await until('it has listed anew', 40_000, () => followed.claims.lists === 2);
    await followed.becomes('live');
    await followed.equals(plane);
    assert.deepEqual(followed.states, ['live', 'stale', 'live']);
    assert.ok(followed.fewest >= fewest - 2, `${followed.fewest} claims at one moment`);
    await plane.admin.must('DELETE', '/api/v1/namespaces/many');
  });
}

/** A connection of the product by way of the proxy, without a session. */
function connectionBy(stage: Stage): Connection {
  const target = targetOfText(JSON.stringify(stage.kubeconfig('viewer', 'proxy')));
  const credentials = credentialsOf(target, { gate: willingGate, clock: systemClock, env: {} });
  return new Connection(target, credentials, silentLog);
}
