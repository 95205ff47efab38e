import assert from 'node:assert/strict';
import undiciTimers from 'undici/lib/util/timers.js';
import { failure, type Handler } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { claim, harnesses, listOf, quietWatch } from './reflectorHarness.ts';

const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

describe('reflector: faults of the way and of the server', () => {
  const follow = harnesses();

  for (const [code, reason] of [
    [429, 'TooManyRequests'],
    [503, 'ServiceUnavailable'],
  ] as const) {
    it(`backs off from ${code} without Retry-After, without relisting`, async () => {
      const busy: Handler = (exchange) => exchange.status(code, reason, 'busy');
      const harness = await follow({ lists: [listOf('5', 'a')], watches: [quietWatch, busy, busy, busy, quietWatch] });
      void harness.run();
      await harness.watching();
      harness.server.cutAll();
      await harness.failed('unreachable');
      // 1.2 s, 2 s, 3.6 s and 6.8 s with this random number.
      await harness.drive(13_000, 100);
      assert.equal(harness.server.watches.length, 4);
      assert.equal(harness.phase, reasonFor(code));
      await harness.drive(700, 100);
      await harness.watching(5);
      assert.equal(harness.server.lists.length, 1);
      assert.deepEqual(harness.names, ['a']);
    });
  }

  it('obeys Retry-After of a list too', async () => {
    const busy: Handler = (exchange) => exchange.status(429, 'TooManyRequests', 'busy', { 'retry-after': '40' });
    const harness = await follow({ lists: [busy, listOf('5', 'a')] });
    harness.random = 0;
    void harness.run();
    await harness.failed('throttled');
    await harness.drive(39_900, 5_000);
    assert.equal(harness.server.requests.length, 1);
    await harness.drive(100, 100);
    await harness.watching();
    assert.deepEqual(harness.names, ['a']);
  });

  it('asks in no storm while a server answers nothing but 500 for ten minutes, and keeps what it has', async () => {
    const broken: Handler = (exchange) => exchange.status(500, 'InternalError', 'etcdserver: request timed out');
    const harness = await follow({ lists: [listOf('5', 'a'), broken], watches: [quietWatch, broken] });
    void harness.run();
    await harness.watching();
    harness.server.cutAll();
    await harness.failed('unreachable');
    await harness.drive(600_000, 5_000);
    assert.equal(harness.phase, 'server');
    assert.deepEqual(harness.names, ['a']);
    const { length } = harness.server.requests;
    assert.ok(length > 20 && length < 50, `${length} requests in ten minutes`);
    assert.equal(harness.server.lists.length, 1);
  });

  it('is refused for minutes, says so all the time, and goes on within 30 s where it was', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    void harness.run();
    await harness.watching();
    const reopen = await harness.server.shut();
    await eventually('it has noticed', () => harness.phase === 'unreachable');
    for (let second = 0; second < 300; second += 2) {
      await harness.clock.advance(2_000);
      assert.equal(harness.phase, 'unreachable');
    }
    const { failures } = harness.reflector.diagnostics;
    assert.ok(failures > 10 && failures < 25, `${failures} tries in five minutes`);
    assert.match(harness.reflector.diagnostics.lastError ?? '', /connection refused/);
    await reopen();
    await harness.drive(30_000);
    await harness.watching(2);
    assert.equal(harness.server.lists.length, 1);
    assert.deepEqual(harness.names, ['a']);
  });

  it('takes nothing of a line that a reset tears, and goes on after the last whole one', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    void harness.run();
    await harness.watching();
    const torn = event('ADDED', claim('c', '7'));
    harness.server.exchanges[1]?.raw(event('ADDED', claim('b', '6')) + torn.slice(0, -20));
    await eventually('the whole line is taken in', () => harness.names.length === 2);
    harness.server.exchanges[1]?.cut();
    await harness.failed('unreachable');
    assert.deepEqual(harness.names, ['a', 'b']);
    await harness.drive(2_000);
    await eventually('it watches again', () => harness.server.watches.length === 2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '6');
    harness.server.exchanges.at(-1)?.raw(torn);
    await eventually('nothing is lost', () => harness.names.length === 3);
    assert.equal(harness.server.lists.length, 1);
  });

  for (const [what, object, reason] of [
    ['429', failure(429, 'TooManyRequests', 'slow down'), 'throttled'],
    ['500', failure(500, 'InternalError', 'etcd is away'), 'server'],
    ['503', failure(503, 'ServiceUnavailable', 'the server is shutting down'), 'server'],
    ['401', failure(401, 'Unauthorized', 'Unauthorized'), 'unauthorized'],
    ['an unknown code', failure(418, 'Teapot', 'short and stout'), 'malformed'],
    ['a Status without a code', { kind: 'Status', status: 'Failure', message: 'who knows' }, 'malformed'],
    ['something else than a Status', { kind: 'Pod', metadata: { name: 'x' } }, 'server'],
    ['null', null, 'server'],
  ] as const) {
    it(`survives an ERROR event with ${what}, visibly, and goes on without a list`, async () => {
      const harness = await follow({ lists: [listOf('5', 'a')] });
      void harness.run();
      await harness.watching();
      harness.server.exchanges[1]?.raw(event('ERROR', object));
      await eventually('it is noticed', () => harness.state.phase === 'waiting');
      assert.equal(harness.phase, reason);
      assert.deepEqual(harness.names, ['a']);
      await harness.drive(3_000);
      await harness.watching(2);
      assert.equal(harness.server.lists.length, 1);
      assert.equal(harness.server.watches.length, 2);
    });
  }

  it('lists when ERROR events end every watch from where it stands', async () => {
    const poisoned: Handler = (exchange) =>
      exchange
        .begin()
        .event('ERROR', failure(500, 'InternalError', 'unable to decode an object'))
        .end();
    const harness = await follow({
      lists: [listOf('5', 'a'), listOf('9', 'b')],
      watches: [poisoned, poisoned, poisoned, quietWatch],
    });
    void harness.run();
    await harness.failed('server');
    await harness.drive(4_000);
    assert.deepEqual([harness.server.watches.length, harness.server.lists.length], [3, 1]);
    await harness.drive(6_000);
    await harness.watching(4);
    assert.deepEqual([harness.server.watches.length, harness.server.lists.length], [4, 2]);
    assert.deepEqual(harness.names, ['b']);
  });

  it('waits as long as an ERROR event of 429 asks for', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    harness.random = 0;
    void harness.run();
    await harness.watching();
    const busy = { ...failure(429, 'TooManyRequests', 'busy'), details: { retryAfterSeconds: 25 } };
    harness.server.exchanges[1]?.event('ERROR', busy);
    await harness.failed('throttled');
    await harness.drive(24_000);
    assert.equal(harness.server.watches.length, 1);
    await harness.drive(1_000);
    await harness.watching(2);
    assert.equal(harness.server.lists.length, 1);
  });

  it('takes an ERROR event of 403 for a refused watch: believed only when it is repeated', async () => {
    const refusal: Handler = (exchange) =>
      exchange
        .begin()
        .event('ERROR', failure(403, 'Forbidden', 'no'))
        .end();
    const harness = await follow({ lists: [listOf('5', 'a')], watches: [refusal, quietWatch] });
    void harness.run();
    await harness.failed('server');
    await harness.drive(3_000);
    await harness.watching(2);
    assert.ok(harness.states.every((state) => state.phase !== 'waiting' || state.error.reason === 'server'));
    assert.deepEqual(harness.names, ['a']);
  });

  for (const [what, answer] of [
    ['a web page', (exchange) => exchange.text('<html>please log in</html>', 'text/html')],
    ['a web page that calls itself JSON', (exchange) => exchange.text('<html>\nlog in\n</html>\n', 'application/json')],
    ['a redirect', (exchange) => exchange.text('', 'text/plain', 302, { location: 'http://127.0.0.1:1/login' })],
  ] as const satisfies readonly (readonly [string, Handler])[]) {
    it(`keeps what it has while a captive portal answers a watch with ${what}`, async () => {
      const harness = await follow({
        lists: [listOf('5', 'a'), answer, listOf('9', 'b')],
        watches: [quietWatch, answer, answer, quietWatch],
      });
      void harness.run();
      await harness.watching();
      harness.server.cutAll();
      await harness.failed('unreachable');
      await harness.drive(2_000);
      await harness.failed('malformed');
      assert.deepEqual(harness.names, ['a']);
      await harness.drive(60_000);
      assert.equal(harness.phase, 'live');
      assert.ok(harness.server.requests.length <= 8, `${harness.server.requests.length} requests`);
    });
  }

  it('gives up a watch whose headers never come, as behind a proxy that holds them back', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')], watches: [() => {}, quietWatch] });
    void harness.run();
    await eventually('it is asked for', () => harness.server.watches.length === 1);
    await harness.server.quiet();
    // The limit is undici's, on a clock of its own, which a request joins at the next tick.
    undiciTimers.tick(1_000);
    undiciTimers.tick(27_000);
    await harness.server.quiet();
    assert.equal(harness.phase, 'live');
    undiciTimers.tick(5_000);
    await harness.failed('unreachable');
    assert.match(harness.reflector.diagnostics.lastError ?? '', /no answer within 30 s/);
    await eventually('the old request is closed', () => harness.server.exchanges[1]?.closed === true);
    await harness.drive(2_000);
    await harness.watching(2);
    assert.equal(harness.server.lists.length, 1);
  });

  it('is not misled by a wall clock that is set back: it probes once, and goes on', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    void harness.run();
    await harness.watching();
    harness.clock.jumpWallClock(-7_200_000);
    await harness.drive(10_000);
    assert.equal(harness.server.requests.filter(({ path }) => path === '/readyz').length, 1);
    harness.server.exchanges[1]?.event('ADDED', claim('b', '6'));
    await eventually('events go on', () => harness.names.length === 2);
    harness.server.cutAll();
    await harness.failed('unreachable');
    assert.equal(harness.state.phase === 'waiting' && harness.state.sinceMs, harness.clock.now());
    await harness.drive(2_000);
    await harness.watching(2);
    assert.deepEqual([harness.server.lists.length, harness.timedOut], [1, 0]);
  });
});

function reasonFor(code: 429 | 503): string {
  return code === 429 ? 'throttled' : 'server';
}
