import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { type Harness, harnesses, listOf, ready } from './reflectorHarness.ts';

describe('reflector: liveness', () => {
  const follow = harnesses();
  const probes = (harness: Harness) => harness.server.requests.filter(({ path }) => path === '/readyz').length;

  for (const [random, silentMs] of [
    [0, 75_000],
    [1, 90_000],
  ] as const) {
    it(`probes when nothing has come for ${silentMs / 1000} s`, async () => {
      const harness = await follow({});
      harness.random = random;
      void harness.run();
      await harness.watching();
      await harness.drive(silentMs - 1_000);
      assert.equal(probes(harness), 0);
      await harness.drive(1_000);
      assert.equal(probes(harness), 1);
    });
  }

  it('never cuts a healthy quiet watch', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    await harness.drive(445_000, 5_000);
    assert.equal(harness.server.watches.length, 1);
    assert.equal(harness.server.exchanges[1]?.closed, false);
    await harness.drive(20 * 60_000 - 445_000, 5_000);
    assert.equal(harness.server.watches.length, 3);
    assert.equal(harness.timedOut, 2);
    assert.equal(harness.server.lists.length, 1);
    assert.equal(harness.phase, 'live');
    assert.ok(probes(harness) >= 12);
  });

  it('watches anew, without a list, what stays open half a minute past its time although the server answers', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')], deaf: true });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.bookmark('42');
    await harness.drive(475_000, 5_000);
    assert.equal(harness.server.watches.length, 1);
    await harness.drive(5_000);
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '42');
    assert.equal(harness.server.exchanges[1]?.closed, true);
    await harness.drive(20 * 60_000, 5_000);
    assert.equal(harness.server.watches.length, 4);
    assert.equal(harness.server.lists.length, 1);
    assert.deepEqual(
      harness.states.map(({ phase }) => phase),
      ['live'],
    );
  });

  it('watches anew, without a word, when bookmarks have ceased although the server answers', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')], deaf: true });
    void harness.run();
    await harness.watching();
    for (const version of ['6', '7']) {
      await harness.drive(60_000, 10_000);
      harness.server.exchanges[1]?.bookmark(version);
      await eventually('it is read', () => harness.reflector.diagnostics.resourceVersion === version);
    }
    await harness.drive(185_000, 5_000);
    assert.equal(harness.server.watches.length, 1);
    assert.equal(probes(harness), 2);
    await harness.drive(10_000, 5_000);
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '7');
    assert.equal(harness.server.exchanges[1]?.closed, true);
    assert.equal(harness.server.lists.length, 1);
    assert.equal(harness.reflector.diagnostics.failures, 0);
    assert.deepEqual(
      harness.states.map(({ phase }) => phase),
      ['live'],
    );
  });

  it('takes no answer to a probe for something heard of what is followed', async () => {
    const harness = await follow({ deaf: true });
    let heard = 0;
    harness.connection.onHeard = () => heard++;
    void harness.run();
    await harness.watching();
    await harness.server.quiet();
    const before = heard;
    await harness.drive(200_000, 5_000);
    assert.ok(probes(harness) >= 2);
    assert.equal(heard, before);
  });

  it('does not probe while bookmarks come', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    for (let minute = 1; minute <= 5; minute++) {
      await harness.drive(60_000, 10_000);
      harness.server.exchanges[1]?.bookmark(String(minute));
      await eventually('it is read', () => harness.reflector.diagnostics.resourceVersion === String(minute));
    }
    assert.equal(probes(harness), 0);
  });

  it('takes the pieces of a long event for life', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    for (let minute = 1; minute <= 3; minute++) {
      await harness.drive(60_000, 10_000);
      harness.server.exchanges[1]?.raw('{"type":"ADDED",');
      await harness.server.quiet();
    }
    assert.equal(probes(harness), 0);
  });

  it('probes on a connection of its own', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    await harness.drive(90_000, 5_000);
    const connections = harness.server.requests.map(({ connection }) => connection);
    const probe = harness.server.requests.findIndex(({ path }) => path === '/readyz');
    assert.ok(probe >= 0);
    assert.equal(connections.indexOf(connections[probe] ?? 0), probe);
  });

  it('gives up a watch whose server does not answer the probe within 5 s, and keeps the claims', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')], probe: () => {} });
    void harness.run();
    await harness.watching();
    await harness.drive(85_000, 5_000);
    assert.equal(probes(harness), 1);
    await harness.drive(4_000);
    assert.equal(harness.phase, 'live');
    await harness.drive(1_000);
    await harness.failed('unreachable');
    await eventually('the old watch is closed', () => harness.server.exchanges[1]?.closed === true);
    assert.deepEqual(harness.names, ['a']);
    await harness.clock.advance(2_000);
    await harness.watching(2);
    assert.equal(harness.server.lists.length, 1);
  });

  it('says that the contact was lost when the last byte came, not when that was noticed', async () => {
    const harness = await follow({ probe: (exchange) => exchange.cut() });
    void harness.run();
    await harness.watching();
    await harness.drive(20_000);
    harness.server.exchanges[1]?.bookmark('7');
    await eventually('it is read', () => harness.reflector.diagnostics.resourceVersion === '7');
    const heardMs = harness.clock.now();
    for (let passed = 0; passed < 95 && harness.phase === 'live'; passed++) await harness.drive(1_000);
    await harness.failed('unreachable');
    assert.ok(harness.clock.now() - heardMs >= 75_000);
    assert.ok(harness.state.phase === 'waiting');
    assert.equal(harness.state.sinceMs, heardMs);
  });

  it('puts the loss into no future when the clock was set back meanwhile', async () => {
    const harness = await follow({ probe: (exchange) => exchange.cut() });
    void harness.run();
    await harness.watching();
    harness.clock.jumpWallClock(-3_600_000);
    await harness.drive(5_000);
    await harness.failed('unreachable');
    assert.ok(harness.state.phase === 'waiting');
    assert.ok(harness.state.sinceMs <= harness.clock.now());
  });

  it('gives up a watch at once when the probe is refused a connection', async () => {
    const harness = await follow({ probe: (exchange) => exchange.cut() });
    void harness.run();
    await harness.watching();
    for (let passed = 0; passed < 95 && harness.phase === 'live'; passed++) await harness.drive(1_000);
    await harness.failed('unreachable');
    assert.equal(probes(harness), 1);
  });

  it('probes again after a probe that broke', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    let asked = 0;
    harness.probe.ask = () => Promise.reject(new Error(`broken ${++asked}`));
    await harness.drive(100_000, 5_000);
    assert.ok(asked > 1);
    assert.equal(harness.phase, 'live');
  });

  it('takes any answer for a way that is open, a refusal too', async () => {
    const harness = await follow({ probe: (exchange) => exchange.status(403, 'Forbidden', 'no') });
    void harness.run();
    await harness.watching();
    await harness.drive(90_000, 5_000);
    assert.equal(probes(harness), 1);
    assert.equal(harness.phase, 'live');
    assert.equal(harness.server.watches.length, 1);
  });

  it('probes soon after the machine has slept', async () => {
    const harness = await follow({ probe: ready });
    void harness.run();
    await harness.watching();
    await harness.drive(10_000);
    harness.clock.jumpWallClock(3_600_000);
    await harness.drive(5_000);
    assert.equal(probes(harness), 1);
    await harness.drive(20_000);
    assert.equal(probes(harness), 1);
  });
});
