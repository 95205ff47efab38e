import assert from 'node:assert/strict';
import { failure, type Handler } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { claim, emptyList, type Harness, harnesses, listOf, quietWatch } from './reflectorHarness.ts';

const broken: readonly [what: string, reason: string, answer: Handler][] = [
  ['500', 'server', (exchange) => exchange.status(500, 'InternalError', 'etcd is not there')],
  ['502 with a web page', 'server', (exchange) => exchange.text('<html>bad gateway', 'text/html', 502)],
  ['a reset', 'unreachable', (exchange) => exchange.cut()],
  ['a web page', 'malformed', (exchange) => exchange.text('<html>log in', 'text/html')],
  ['JSON that is cut off', 'malformed', (exchange) => exchange.text('{"kind":"List","items":[', 'application/json')],
  ['JSON that is no list', 'malformed', (exchange) => exchange.json({ kind: 'Pod', metadata: {} })],
  ['a list of something else', 'malformed', (exchange) => exchange.json({ kind: 'APIResourceList', resources: [] })],
  ['a list without a resourceVersion', 'malformed', (exchange) => exchange.page([claim('a')], '')],
  [
    'a redirect',
    'malformed',
    (exchange) => exchange.text('', 'text/plain', 302, { location: 'http://127.0.0.1:1/elsewhere' }),
  ],
];

describe('reflector: failures', () => {
  const follow = harnesses();

  for (const [what, reason, answer] of broken) {
    it(`survives ${what} as ${reason}, waits, and recovers`, async () => {
      const harness = await follow({ lists: [answer, listOf('1', 'a')] });
      void harness.run();
      await harness.failed(reason);
      await harness.clock.advance(799);
      await harness.server.quiet();
      assert.equal(harness.server.lists.length, 1);
      await harness.clock.advance(801);
      await harness.watching();
      assert.deepEqual(harness.names, ['a']);
    });
  }

  for (const [what, stall] of [
    ['never comes', (exchange) => exchange.begin(500)],
    ['comes in halves', (exchange) => exchange.begin(500).raw('{"kind":"Status",')],
  ] as const satisfies readonly (readonly [string, Handler])[]) {
    it(`judges a refused watch by its status alone when the body ${what}`, async () => {
      const harness = await follow({ lists: [listOf('5', 'a')], watches: [stall, quietWatch] });
      void harness.run();
      await eventually('the watch is answered', () => harness.server.watches.length === 1);
      await harness.drive(3_000);
      assert.equal(harness.phase, 'live');
      await harness.drive(1_000);
      await harness.failed('server');
      assert.equal(harness.server.exchanges[1]?.closed, true);
      await harness.clock.advance(2_000);
      await harness.watching(2);
      assert.equal(harness.server.lists.length, 1);
    });
  }

  it('gives up a list that comes too slowly, however steadily', async () => {
    const harness = await follow({ lists: [(exchange) => exchange.begin().raw('{'), listOf('5', 'a')] });
    void harness.run();
    await eventually('the list is asked for', () => harness.server.lists.length === 1);
    for (let second = 0; second < 59; second++) {
      harness.server.exchanges[0]?.raw(' ');
      await harness.drive(1_000);
    }
    assert.equal(harness.phase, 'loading');
    await harness.drive(2_000);
    await harness.failed('unreachable');
    assert.match(harness.reflector.diagnostics.lastError ?? '', /answers too slowly/);
    await harness.clock.advance(2_000);
    await harness.watching();
  });

  it('lets a long list take its time while it comes fast enough', async () => {
    const harness = await follow({ lists: [(exchange) => exchange.begin().raw('{"kind":"List",')] });
    void harness.run();
    await eventually('the list is asked for', () => harness.server.lists.length === 1);
    for (let second = 0; second < 90; second++) {
      harness.server.exchanges[0]?.raw(' '.repeat(12_000));
      await harness.drive(1_000);
    }
    assert.equal(harness.phase, 'loading');
    harness.server.exchanges[0]?.raw('"metadata":{"resourceVersion":"5"},"items":[]}').end();
    await harness.watching();
  });

  it('waits longer from failure to failure, with jitter, up to 30 s once it was live', async () => {
    for (const [random, waits] of [
      [0, [800, 800, 800, 800]],
      [0.5, [1_200, 2_000, 3_600, 6_800, 13_200, 15_400, 15_400]],
      [1, [1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]],
    ] as const) {
      const harness = await follow({ lists: [emptyList], watches: [quietWatch, broken[0]?.[2] ?? assert.fail()] });
      harness.random = random;
      void harness.run();
      await harness.watching();
      harness.server.exchanges[1]?.cut();
      await harness.failed('unreachable');
      for (const [index, waitMs] of waits.entries()) {
        await harness.clock.advance(waitMs - 1);
        await harness.server.quiet();
        assert.equal(harness.server.watches.length, index + 1, `before ${waitMs} ms`);
        await harness.clock.advance(1);
        await eventually(`try ${index + 2} has failed`, () => harness.reflector.diagnostics.failures === index + 2);
      }
      assert.equal(harness.server.lists.length, 1);
    }
  });

  it('asks a server that never answered no more often than every five minutes in the end', async () => {
    const harness = await follow({ lists: [(exchange) => exchange.cut()] });
    harness.random = 1;
    void harness.run();
    await harness.failed('unreachable');
    await harness.drive(600_000, 10_000);
    const { length } = harness.server.lists;
    assert.ok(length >= 8 && length <= 11, `${length} tries in ten minutes`);
  });

  it('begins with short waits again after two healthy minutes', async () => {
    const harness = await follow({
      lists: [broken[0]?.[2] ?? assert.fail(), broken[2]?.[2] ?? assert.fail(), emptyList],
    });
    void harness.run();
    await harness.failed('server');
    await harness.drive(4_000, 500);
    await harness.watching();
    await harness.drive(121_000, 10_000);
    harness.server.exchanges.find(({ request }) => request.query.has('watch'))?.cut();
    await harness.failed('unreachable');
    await harness.clock.advance(1_200);
    await eventually('it watches again', () => harness.server.watches.length === 2);
  });

  it('does not call live, between failures, what the server accepts and then resets', async () => {
    const accepts: Handler = (exchange) => {
      exchange.begin();
      setImmediate(() => exchange.cut());
    };
    const harness = await follow({ lists: [listOf('5', 'a')], watches: [quietWatch, accepts] });
    void harness.run();
    await harness.watching();
    harness.server.cutAll();
    await harness.failed('unreachable');
    const [, first] = harness.states;
    await harness.drive(60_000);
    assert.ok(harness.server.watches.length > 3);
    assert.deepEqual([...new Set(harness.states.slice(1).map(({ phase }) => phase))], ['waiting']);
    assert.equal(
      harness.state.phase === 'waiting' && harness.state.sinceMs,
      first?.phase === 'waiting' && first.sinceMs,
    );
  });

  for (const [what, then] of [
    ['its first event', (harness: Harness) => harness.server.exchanges.at(-1)?.event('ADDED', claim('b', '6'))],
    ['five quiet seconds', (harness: Harness) => harness.drive(5_000)],
  ] as const) {
    it(`calls a watch after a failure live with ${what}`, async () => {
      const harness = await follow({ lists: [listOf('5', 'a')] });
      void harness.run();
      await harness.watching();
      harness.server.cutAll();
      await harness.failed('unreachable');
      await harness.drive(2_000);
      await eventually('it watches again', () => harness.server.watches.length === 2);
      assert.equal(harness.phase, 'unreachable');
      await then(harness);
      await eventually('it is live', () => harness.phase === 'live');
    });
  }

  it('lists again after a broken line, keeping what it has until then', async () => {
    const harness = await follow({ lists: [listOf('1', 'a'), listOf('9', 'b')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.raw('{"type":"ADDED","object":{\n');
    await harness.failed('malformed');
    assert.deepEqual(harness.names, ['a']);
    await harness.clock.advance(2_000);
    await harness.watching(2);
    assert.deepEqual(harness.names, ['b']);
  });

  it('does not relist after a broken connection', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.event('ADDED', claim('b', '6'));
    await eventually('the event is applied', () => harness.names.length === 2);
    harness.server.cutAll();
    await harness.failed('unreachable');
    await harness.clock.advance(2_000);
    await harness.watching(2);
    assert.equal(harness.server.lists.length, 1);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '6');
  });

  it('is patient with ERROR events other than 410, and says what they said', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.event('ERROR', failure(500, 'InternalError', 'etcd is slow'));
    await harness.failed('server');
    assert.equal(harness.reflector.diagnostics.lastError, 'etcd is slow');
    await harness.clock.advance(2_000);
    await harness.watching(2);
    assert.equal(harness.server.lists.length, 1);
  });

  it('relists when the server does not know its version yet', async () => {
    const harness = await follow({ lists: [listOf('500', 'a'), listOf('3', 'b')] });
    void harness.run();
    await harness.watching();
    const message = 'Timeout: Too large resource version: 500, current: 3';
    harness.server.exchanges[1]?.event('ERROR', failure(504, 'Timeout', message));
    await harness.failed('server');
    await harness.clock.advance(2_000);
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '3');
  });

  for (const [code, reason, headers] of [
    [429, 'TooManyRequests', { 'retry-after': '20' }],
    [503, 'ServiceUnavailable', { 'retry-after': '20' }],
  ] as const) {
    it(`obeys Retry-After of ${code} without relisting`, async () => {
      const busy: Handler = (exchange) => exchange.status(code, reason, 'busy', headers);
      const harness = await follow({ lists: [listOf('5', 'a')], watches: [busy, quietWatch] });
      harness.random = 0;
      void harness.run();
      await harness.failed('throttled');
      await harness.clock.advance(19_999);
      await harness.server.quiet();
      assert.equal(harness.server.watches.length, 1);
      await harness.clock.advance(1);
      await harness.watching(2);
      assert.equal(harness.server.lists.length, 1);
    });
  }

  it('does not take a wait of years for none at all', async () => {
    const absurd = { ...failure(429, 'TooManyRequests', 'busy'), details: { retryAfterSeconds: 1e12 } };
    const harness = await follow({ lists: [(exchange) => exchange.json(absurd, 429), listOf('1', 'a')] });
    void harness.run();
    await harness.failed('throttled');
    await harness.clock.advance(3_599_000);
    await harness.server.quiet();
    assert.equal(harness.server.lists.length, 1);
    await harness.clock.advance(400_000);
    await harness.watching();
  });

  it('waits as forbidden, looks again after one, two, four and then five minutes, and sees new rights', async () => {
    const refusal: Handler = (exchange) => exchange.status(403, 'Forbidden', 'tester may not list claims');
    const harness = await follow({ lists: [refusal, refusal, refusal, refusal, listOf('1', 'a')] });
    void harness.run();
    await harness.failed('forbidden');
    assert.equal(harness.reflector.diagnostics.lastError, 'tester may not list claims');
    for (const [index, seconds] of [60, 120, 240, 300].entries()) {
      await harness.clock.advance(seconds * 1_000 - 1);
      await harness.server.quiet();
      assert.equal(harness.server.lists.length, index + 1);
      await harness.clock.advance(1);
      await eventually('it has asked', () => harness.server.lists.length === index + 2);
      await harness.server.quiet();
    }
    await harness.watching();
  });

  it('believes a 403 to what was live only when it is repeated', async () => {
    const refusal: Handler = (exchange) => exchange.status(403, 'Forbidden', 'no');
    const harness = await follow({ lists: [listOf('1', 'a'), refusal], watches: [quietWatch, refusal] });
    void harness.run();
    await harness.watching();
    harness.server.cutAll();
    await harness.failed('unreachable');
    await harness.clock.advance(2_000);
    await harness.failed('server');
    await harness.drive(60_000);
    assert.equal(harness.phase, 'forbidden');
    assert.deepEqual(harness.names, ['a']);
  });

  describe('a role with list but not watch', () => {
    const mayNot: Handler = (exchange) => exchange.status(403, 'Forbidden', 'tester may not watch claims');

    it('is served by lists on a slow timer, and stays live', async () => {
      const harness = await follow({
        lists: [listOf('1', 'a'), listOf('2', 'a'), listOf('3', 'b')],
        watches: [mayNot],
      });
      void harness.run();
      await harness.failed('server');
      await harness.drive(60_000);
      assert.equal(harness.phase, 'live');
      assert.equal(harness.server.lists.length, 2);
      const { state, lastError } = harness.reflector.diagnostics;
      assert.deepEqual([state, lastError], ['polling', 'tester may not watch claims']);
      const states = harness.states.length;
      await harness.drive(600_000, 5_000);
      assert.deepEqual(harness.names, ['b']);
      assert.equal(harness.server.lists.length, 5);
      assert.equal(harness.states.length, states);
      assert.ok(harness.states.every((each) => each.phase !== 'waiting' || each.error.reason === 'server'));
      assert.equal(harness.log.warnings.filter((line) => line.includes('may not be watched')).length, 1);
    });

    it('is left behind when the watch is permitted', async () => {
      const harness = await follow({ watches: [...Array<Handler>(6).fill(mayNot), quietWatch] });
      void harness.run();
      await harness.failed('server');
      await harness.drive(60_000);
      assert.equal(harness.reflector.diagnostics.state, 'polling');
      await harness.drive(200_000, 5_000);
      assert.equal(harness.server.watches.length, 7);
      assert.equal(harness.reflector.diagnostics.state, 'live');
      assert.equal(harness.reflector.diagnostics.lastError, undefined);
    });

    it('lists at once when asked to', async () => {
      const harness = await follow({ watches: [mayNot] });
      void harness.run();
      await harness.failed('server');
      await harness.drive(60_000);
      const { length } = harness.server.lists;
      harness.reflector.retry('background');
      await eventually('it lists', () => harness.server.lists.length === length + 1);
    });
  });

  it('survives what should never happen', async () => {
    const harness = await follow({ lists: [listOf('1', 'a')] });
    const { request } = harness.connection;
    harness.connection.request = () => Promise.reject(new Error('mine'));
    void harness.run();
    await harness.failed('malformed');
    harness.connection.request = request;
    await harness.drive(2_000);
    await harness.watching();
  });

  it('stopped in backoff does nothing more', async () => {
    const harness = await follow({ lists: [(exchange) => exchange.cut()] });
    const ended = harness.run();
    await harness.failed('unreachable');
    harness.stop();
    await ended;
    const states = harness.states.length;
    await harness.drive(60_000, 10_000);
    assert.equal(harness.server.lists.length, 1);
    assert.equal(harness.states.length, states);
    assert.equal(harness.clock.pendingTimers, 0);
  });

  for (const [how, ask] of [
    ['retry', (harness: Harness) => harness.reflector.retry('background')],
    ['wake', (harness: Harness) => harness.reflector.wake()],
  ] as const) {
    it(`does not wait after an attempt that was under way when asked to ${how}, once`, async () => {
      const harness = await follow({ lists: [() => {}] });
      void harness.run();
      await eventually('the list is asked for', () => harness.server.lists.length === 1);
      ask(harness);
      harness.server.exchanges[0]?.cut();
      await eventually('it asks again at once', () => harness.server.lists.length === 2);
      harness.server.exchanges[1]?.cut();
      await eventually('that has failed', () => harness.reflector.diagnostics.failures === 2);
      await harness.server.quiet();
      assert.equal(harness.server.lists.length, 2);
    });
  }

  it('hears who asks for a retry the moment it learns of the failure', async () => {
    const harness = await follow({ lists: [(exchange) => exchange.cut(), listOf('1', 'a')] });
    const { push } = harness.states;
    harness.states.push = (state) => {
      if (state.phase === 'waiting') harness.reflector.retry('background');
      return push.call(harness.states, state);
    };
    void harness.run();
    await harness.watching();
  });

  it('tries at once when asked to', async () => {
    const harness = await follow({ lists: [(exchange) => exchange.cut(), listOf('1', 'a')] });
    void harness.run();
    await harness.failed('unreachable');
    harness.reflector.retry('background');
    await harness.watching();
  });
});
