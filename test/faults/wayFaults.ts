import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClaim, deleteClaim, writeStatus } from '../support/claimWriter.ts';
import { until } from '../support/until.ts';
import { type Stage, times } from './stage.ts';

const status = (code: number, reason: string) =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `${reason} by the way`,
  });

/** What happens between the product and a server that is well. */
export function wayFaults(stage: () => Stage): void {
  it('notices a way that swallows everything, and finds a claim that was recreated under the same name meanwhile', async () => {
    const { plane, proxy } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    await followed.equals(plane);
    followed.forget();
    const asked = proxy.requests.length;
    await proxy.way.become('silent');
    await deleteClaim(plane.admin, 'shop', 'cache');
    const path = '/api/v1/namespaces/shop/persistentvolumeclaims/cache';
    await until('it is gone', 30_000, async () => (await plane.admin.send('GET', path)).status === 404);
    await createClaim(plane.admin, 'shop', 'cache', '2Gi');
    // 75 to 90 s of silence and 5 s of asking, on a clock ten times as fast.
    await followed.becomes('stale', 15_000);
    assert.equal(proxy.requests.length, asked);
    await proxy.way.become('open');
    await followed.becomes('live');
    await followed.equals(plane);
    assert.deepEqual(followed.states, ['live', 'stale', 'live']);
    assert.equal(followed.claims.lists, 1);
    assert.ok(proxy.requests.length - asked < 20, `${proxy.requests.length - asked} requests`);
  });

  it('stays live on a way that is slow, and misses nothing', async () => {
    const { plane, proxy } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    followed.forget();
    await proxy.way.become('slow');
    for (let index = 0; index < 5; index++) await createClaim(plane.admin, 'blog', `slow-${index}`, '1Gi');
    await followed.equals(plane);
    assert.deepEqual([followed.states, followed.claims.failures], [['live'], 0]);
  });

  it('goes on after an answer that breaks off in the middle of an event, without a list', async () => {
    const { plane, proxy } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    const torn = proxy.torn;
    for (let round = 1; round <= 3; round++) {
      proxy.tearNextEvent();
      await createClaim(plane.admin, 'shop', `torn-${round}`, '1Gi');
      await until('an event was torn', 10_000, () => proxy.torn === torn + round);
      await followed.equals(plane);
    }
    await followed.becomes('live');
    assert.equal(followed.claims.lists, 1);
    assert.ok(followed.states.every((state) => state === 'connecting' || state === 'live' || state === 'stale'));
  });

  it('says that it is refused as long as it is, asks in no storm, and comes back', async () => {
    const { plane, proxy } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    followed.forget();
    await proxy.way.become('refused');
    await followed.becomes('stale', 5_000);
    const asked = followed.session.diagnostics().requests;
    await createClaim(plane.admin, 'shop', 'unseen', '1Gi');
    // Two minutes and a half.
    await sleep(150_000 / times);
    const { connection } = followed.snapshot;
    assert.match(connection.state === 'stale' ? connection.error.message : '', /connection refused/);
    const tries = followed.session.diagnostics().requests - asked;
    assert.ok(tries >= 8 && tries < 50, `${tries} tries of two loops`);
    await proxy.way.become('open');
    await followed.becomes('live');
    await followed.equals(plane);
    assert.deepEqual(followed.states, ['live', 'stale', 'live']);
  });

  for (const [what, code, headers, message] of [
    ['429 with Retry-After', 429, { 'retry-after': '20' }, /TooManyRequests by the way/],
    ['503 without Retry-After', 503, {}, /ServiceUnavailable by the way/],
    ['500', 500, {}, /InternalError by the way/],
  ] as const) {
    it(`is patient with a minute of ${what}, and lists nothing anew`, async () => {
      const { plane, proxy } = stage();
      const followed = await stage().follow('viewer', 'proxy');
      followed.forget();
      const reason = { 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable' }[code];
      proxy.instead = () => ({ code, headers, body: status(code, reason) });
      const asked = proxy.requests.length;
      proxy.way.cut();
      await until('it has heard', 5_000, () => message.test(errorOf(followed.snapshot.connection)));
      await sleep(60_000 / times);
      const tries = proxy.requests.length - asked;
      assert.ok(tries <= (code === 429 ? 10 : 26), `${tries} tries of two loops in a minute`);
      await proxy.mend();
      await followed.becomes('live');
      await followed.equals(plane);
      assert.deepEqual([followed.states, followed.claims.lists], [['live', 'stale', 'live'], 1]);
    });
  }

  it('keeps what it has behind a captive portal, and says what it is', async () => {
    const { plane, proxy } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    followed.forget();
    proxy.instead = () => ({ code: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' });
    proxy.way.cut();
    await until('it says so', 5_000, () => /a web page/.test(errorOf(followed.snapshot.connection)));
    await sleep(2_000);
    await proxy.mend();
    await followed.becomes('live');
    await followed.equals(plane);
    assert.deepEqual(followed.states, ['live', 'stale', 'live']);
    assert.ok(followed.fewest >= 4);
  });

  it('loses nothing to a consumer that is slower than the stream', async () => {
    const { plane } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    followed.forget();
    const before = followed.claims.events;
    followed.session.snapshot.subscribe(() => {
      const untilMs = performance.now() + 15;
      while (performance.now() < untilMs);
    });
    for (let index = 0; index < 200; index++)
      await writeStatus(plane.admin, 'shop', 'data-db-0', { allocatedResources: { storage: `${index + 1}Mi` } });
    await followed.equals(plane);
    assert.deepEqual(followed.states, ['live']);
    assert.ok(followed.claims.events >= before + 200);
  });

  it('stopped during a list asks nothing more', async () => {
    const { proxy } = stage();
    let held = 0;
    proxy.before = async () => {
      held++;
      await sleep(1_000);
    };
    const followed = stage().open('viewer', 'proxy');
    await until('lists are under way', 5_000, () => held >= 2);
    const { sequence } = followed.snapshot;
    followed.session.dispose();
    await sleep(1_500);
    assert.equal(followed.snapshot.sequence, sequence);
  });

  it('stopped in backoff, and stopped while it probes, asks nothing more', async () => {
    const { proxy } = stage();
    const followed = await stage().follow('viewer', 'proxy');
    const probing = await stage().follow('viewer', 'proxy');
    await proxy.way.become('silent');
    const connections = proxy.way.connections;
    await until('a probe is under way', 15_000, () => proxy.way.connections > connections);
    probing.session.dispose();
    await proxy.way.become('refused');
    await followed.becomes('stale', 5_000);
    followed.session.dispose();
    await sleep(500);
    assert.deepEqual([followed.clock.pendingTimers, probing.clock.pendingTimers], [0, 0]);
  });
}

function errorOf(connection: { readonly state: string; readonly error?: { readonly message: string } }): string {
  return connection.error?.message ?? '';
}
