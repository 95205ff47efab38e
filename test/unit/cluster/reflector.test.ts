import assert from 'node:assert/strict';
import { failure } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { claim, emptyList, harnesses, listOf, quietWatch } from './reflectorHarness.ts';

const expired = failure(410, 'Expired', 'too old resource version');

describe('reflector: list', () => {
  const follow = harnesses();

  it('lists by pages of 500, projects each, and watches from the version of the last', async () => {
    const harness = await follow({
      lists: [
        (exchange) => exchange.page([claim('a'), { metadata: {} }], '7', 'next'),
        (exchange) => exchange.page([claim('b')], '7'),
      ],
    });
    void harness.run();
    await harness.watching();
    assert.deepEqual(
      harness.server.lists.map(({ query }) => [query.get('limit'), query.get('continue')]),
      [
        ['500', null],
        ['500', 'next'],
      ],
    );
    assert.deepEqual(harness.changes, ['replace 2']);
    assert.deepEqual(harness.names, ['a', 'b']);
    assert.equal(harness.reflector.diagnostics.unreadable, 1);
    assert.equal(harness.server.watches[0]?.query.get('resourceVersion'), '7');
  });

  it('begins again when a continue token has expired', async () => {
    const harness = await follow({
      lists: [
        (exchange) => exchange.page([claim('old')], '7', 'next'),
        (exchange) => exchange.json(expired, 410),
        listOf('9', 'new'),
      ],
    });
    void harness.run();
    await harness.watching();
    assert.deepEqual(harness.changes, ['replace 1']);
    assert.deepEqual(harness.names, ['new']);
    assert.equal(harness.server.lists[2]?.query.get('continue'), null);
  });

  it('applies nothing that arrives after it was stopped during a list', async () => {
    const harness = await follow({
      lists: [(exchange) => exchange.page([claim('a')], '7', 'next'), (exchange) => exchange.begin()],
    });
    const ended = harness.run();
    await eventually('the second page is asked for', () => harness.server.lists.length === 2);
    harness.stop();
    harness.server.exchanges[1]?.raw(JSON.stringify({ kind: 'List', metadata: {}, items: [claim('b')] })).end();
    await ended;
    await harness.server.quiet();
    assert.deepEqual(harness.changes, []);
    assert.deepEqual(harness.states, []);
    assert.equal(harness.server.watches.length, 0);
  });
});

describe('reflector: watch', () => {
  const follow = harnesses();

  it('adds, resizes and removes as the server says', async () => {
    const harness = await follow({ lists: [listOf('1', 'a')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]
      ?.event('ADDED', claim('b', '2'))
      .event('MODIFIED', claim('a', '3', 'uid-a', '5Gi'))
      .event('DELETED', claim('b', '4'));
    await eventually('all have come', () => harness.changes.length === 4);
    assert.deepEqual(harness.changes, ['replace 1', 'upsert b/2', 'upsert a/3', 'remove b']);
    assert.equal(harness.index.picture().claimedBytes, 5n * 1024n ** 3n);
  });

  it('asks for bookmarks and for an end after a random 5 to 10 minutes', async () => {
    const harness = await follow({});
    harness.random = 0.2;
    void harness.run();
    await harness.watching();
    const { query } = harness.server.watches[0] ?? assert.fail();
    assert.equal(query.get('allowWatchBookmarks'), 'true');
    assert.equal(query.get('timeoutSeconds'), '360');
  });

  it('watches again at once after a clean end, from where the last bookmark was', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.bookmark('42');
    await eventually('the bookmark is read', () => harness.reflector.diagnostics.resourceVersion === '42');
    await harness.clock.advance(1_500);
    harness.server.exchanges[1]?.end();
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '42');
    assert.equal(harness.server.lists.length, 1);
    assert.deepEqual(
      harness.states.map(({ phase }) => phase),
      ['live'],
    );
  });

  it('takes an end within a second without an event for a failure', async () => {
    const harness = await follow({ watches: [(exchange) => exchange.begin().end(), quietWatch] });
    void harness.run();
    await harness.failed('server');
    assert.equal(harness.server.watches.length, 1);
    await harness.clock.advance(2_000);
    await harness.watching(2);
  });

  it('resumes after an end within a second that did bring an event', async () => {
    const harness = await follow({
      watches: [(exchange) => exchange.begin().event('ADDED', claim('a', '6')).end(), quietWatch],
    });
    void harness.run();
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '6');
    assert.deepEqual(
      harness.states.map(({ phase }) => phase),
      ['live'],
    );
  });

  it('reads characters that are split over chunks', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: claim('größe-数据-🗄', '2') })}\n`);
    for (const byte of line) {
      harness.server.exchanges[1]?.raw(Uint8Array.of(byte));
      if (byte > 127) await harness.server.quiet();
    }
    await eventually('the claim is there', () => harness.names.length === 1);
    assert.deepEqual(harness.names, ['größe-数据-🗄']);
  });

  it('reads a line of several megabytes, and two events in one chunk after it', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    const annotations = { note: 'x'.repeat(3_000_000) };
    const long = { ...claim('long', '2'), metadata: { ...claim('long', '2').metadata, annotations } };
    const lines = [long, claim('b', '3'), claim('c', '4')].map((object) => JSON.stringify({ type: 'ADDED', object }));
    harness.server.exchanges[1]?.raw(`${lines.join('\n')}\n\n`);
    await eventually('all three are there', () => harness.names.length === 3);
    assert.equal(harness.phase, 'live');
  });

  it('refuses a line that never ends', async () => {
    const harness = await follow({
      watches: [
        (exchange) => {
          exchange.begin();
          for (let megabyte = 0; megabyte < 18; megabyte++) exchange.raw('x'.repeat(1024 * 1024));
        },
      ],
    });
    void harness.run();
    await harness.failed('malformed');
  });

  it('drops a torn last line', async () => {
    const torn = JSON.stringify({ type: 'ADDED', object: claim('torn', '9') });
    const harness = await follow({
      watches: [(exchange) => exchange.begin().event('ADDED', claim('a', '6')).raw(torn).end(), quietWatch],
    });
    void harness.run();
    await harness.watching(2);
    assert.deepEqual(harness.names, ['a']);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '6');
  });
});

describe('reflector: relist', () => {
  const follow = harnesses();

  it('keeps the claims it has while it relists after 410', async () => {
    const harness = await follow({ lists: [listOf('1', 'a', 'b'), (exchange) => exchange.begin()] });
    void harness.run();
    await harness.watching();
    await harness.clock.advance(5_000);
    harness.server.exchanges[1]?.event('ERROR', expired);
    await eventually('it lists again', () => harness.server.lists.length === 2);
    assert.deepEqual(harness.names, ['a', 'b']);
    assert.equal(harness.phase, 'live');
    const list = { kind: 'List', metadata: { resourceVersion: '9' }, items: [claim('b')] };
    harness.server.exchanges[2]?.raw(JSON.stringify(list)).end();
    await harness.watching(2);
    assert.deepEqual(harness.names, ['b']);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '9');
  });

  it('relists when a watch is answered 410, but not in a storm', async () => {
    const harness = await follow({ watches: [(exchange) => exchange.json(expired, 410)] });
    harness.random = 1;
    void harness.run();
    await eventually('the first watch is refused', () => harness.server.watches.length >= 1);
    await harness.drive(60_000);
    const { length } = harness.server.lists;
    assert.ok(length > 2 && length < 10, `${length} lists in a minute`);
  });

  it('relists at once after the first 410 only, however long each watch holds and whatever it brings', async () => {
    let version = 1;
    const harness = await follow({ lists: [(exchange) => listOf(String(version), 'a')(exchange)] });
    void harness.run();
    await harness.watching();
    const last = () => harness.server.exchanges.findLast(({ request }) => request.query.has('watch'));
    last()?.event('ERROR', expired);
    await harness.watching(2);
    for (let second = 0; second < 60; second++) {
      await harness.drive(1_100, 1_100);
      const watch = last();
      if (!watch?.closed)
        watch
          ?.event('MODIFIED', claim('a', String(++version)))
          .event('ERROR', expired)
          .end();
      await harness.server.quiet();
    }
    const { length } = harness.server.lists;
    assert.ok(length >= 5 && length <= 9, `${length} lists in a minute`);
    assert.equal(harness.phase, 'live');
  });

  it('takes a 410 after two quiet minutes for a first one', async () => {
    const harness = await follow({});
    void harness.run();
    await harness.watching();
    for (let round = 1; round <= 3; round++) {
      harness.server.exchanges.findLast(({ request }) => request.query.has('watch'))?.event('ERROR', expired);
      await harness.watching(round + 1);
      await harness.drive(125_000, 25_000);
    }
    assert.equal(harness.server.lists.length, 4);
  });

  it('relists when a bookmark is older than what it has seen, as after a restore from a backup', async () => {
    const harness = await follow({ lists: [listOf('500', 'a', 'b'), listOf('90', 'a')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.bookmark('90');
    await harness.watching(2);
    assert.deepEqual(harness.names, ['a']);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '90');
  });

  it('treats a claim recreated under the same name as another claim', async () => {
    const harness = await follow({
      lists: [listOf('1', 'data'), (exchange) => exchange.page([claim('data', '8', 'uid-2', '3Gi')], '8')],
    });
    void harness.run();
    await harness.watching();
    await harness.clock.advance(5_000);
    harness.server.exchanges[1]?.event('ERROR', expired);
    await harness.watching(2);
    const [known] = harness.index.picture().namespaces.get('shop')?.claims.values() ?? [];
    assert.equal(known?.uid, 'uid-2');
    assert.equal(harness.index.picture().claimedBytes, 3n * 1024n ** 3n);
  });

  it('relists as a safety net within the hour, and counts as drift only what that finds', async () => {
    const harness = await follow({
      lists: [listOf('1', 'a'), listOf('2', 'a', 'b'), listOf('3', 'a', 'b', 'c')],
    });
    void harness.run();
    await harness.watching();
    await harness.clock.advance(5_000);
    harness.server.exchanges[1]?.event('ERROR', expired);
    await harness.watching(2);
    assert.equal(harness.reflector.diagnostics.drift, 0);
    for (let minute = 0; minute < 61 && harness.server.lists.length < 3; minute++) await harness.drive(60_000, 30_000);
    await harness.watching(3);
    assert.equal(harness.server.lists.length, 3);
    assert.equal(harness.reflector.diagnostics.drift, 1);
  });

  it('judges by what there is now whether that list would be too long', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
    for (const [first, removed, lists] of [
      [listOf('1', ...many), 'c0', 2],
      [listOf('1', ...many), undefined, 1],
    ] as const) {
      const harness = await follow({ lists: [first, listOf('3')] });
      harness.random = 0;
      void harness.run();
      await harness.watching();
      if (removed !== undefined) harness.server.exchanges[1]?.event('DELETED', claim(removed, '2'));
      await harness.server.quiet();
      await harness.drive(31 * 60_000, 30_000);
      assert.equal(harness.server.lists.length, lists);
    }
  });

  it('survives a consumer that throws by listing again', async () => {
    const harness = await follow({ lists: [emptyList, listOf('9', 'a')] });
    const { upsert } = harness.index;
    void harness.run();
    await harness.watching();
    harness.index.upsert = () => {
      harness.index.upsert = upsert;
      throw new Error('mine');
    };
    harness.server.exchanges[1]?.event('ADDED', claim('a', '2'));
    await harness.failed('malformed');
    await harness.clock.advance(2_000);
    await harness.watching(2);
    assert.deepEqual(harness.names, ['a']);
  });

  it('relists at once when asked to while it is live', async () => {
    const harness = await follow({ lists: [emptyList, listOf('9', 'a')] });
    void harness.run();
    await harness.watching();
    harness.reflector.retry('click');
    await harness.watching(2);
    assert.deepEqual(harness.names, ['a']);
    assert.equal(harness.server.exchanges[1]?.closed, true);
  });
});
