import assert from 'node:assert/strict';
import { createGzip, gzipSync } from 'node:zlib';
import { binaryEventOf, binaryOf } from '../../../src/demo/binaryForm.ts';
import { protobufType } from '../../../src/wire/envelope.ts';
import type { JsonObject } from '../../../src/wire/json.ts';
import { type Exchange, failure, type Handler } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { claim, harnesses, listOf } from './reflectorHarness.ts';

const watchType = `${protobufType};stream=watch`;
const kind = { kind: 'PersistentVolumeClaim', apiVersion: 'v1' };

function bytesOf(object: JsonObject): Buffer {
  const bytes = binaryOf(object);
  assert.ok(bytes);
  return bytes;
}

function frameOf(type: string, object: JsonObject): Buffer {
  const frame = binaryEventOf(type, object);
  assert.ok(frame);
  return frame;
}

function listBytes(resourceVersion: string, ...names: readonly string[]): Buffer {
  const items = names.map((name) => claim(name));
  return bytesOf({ kind: 'PersistentVolumeClaimList', apiVersion: 'v1', metadata: { resourceVersion }, items });
}

function binaryList(resourceVersion: string, ...names: readonly string[]): Handler {
  return (exchange) => exchange.text(listBytes(resourceVersion, ...names), protobufType);
}

function changed(name: string, resourceVersion: string): Buffer {
  return frameOf('MODIFIED', { ...kind, ...claim(name, resourceVersion) });
}

const binaryWatch: Handler = (exchange) => exchange.begin(200, watchType);

describe('reflector: the binary form', () => {
  const follow = harnesses();

  it('asks for it from the watch cache, with JSON as what is accepted instead', async () => {
    const harness = await follow({ lists: [binaryList('5', 'a', 'b')], watches: [binaryWatch] });
    void harness.run();
    await harness.watching();
    assert.deepEqual(harness.names, ['a', 'b']);
    const [list, watch] = harness.server.requests;
    assert.deepEqual([list?.query.get('resourceVersion'), watch?.query.get('resourceVersion')], ['0', '5']);
    for (const request of [list, watch]) assert.equal(request?.headers.accept, `${protobufType},application/json`);
  });

  it('reads frames however they are cut, and leaves out a torn one', async () => {
    const harness = await follow({ lists: [binaryList('5', 'a')], watches: [binaryWatch] });
    void harness.run();
    await harness.watching();
    const bytes = Buffer.concat([
      changed('a', '6'),
      frameOf('ADDED', { ...kind, ...claim('b', '7') }),
      frameOf('DELETED', { ...kind, ...claim('a', '8') }),
      frameOf('BOOKMARK', { ...kind, metadata: { resourceVersion: '12' } }),
    ]);
    const watch = harness.server.exchanges[1];
    for (const cut of [0, 2, 3, 4, 5, 60, bytes.length - 1].keys()) {
      const cuts = [0, 2, 3, 5, 60, bytes.length - 1, bytes.length];
      watch?.raw(bytes.subarray(cuts[cut], cuts[cut + 1]));
      await harness.server.quiet();
    }
    await eventually('all is told', () => harness.reflector.diagnostics.resourceVersion === '12');
    assert.deepEqual(harness.changes, ['replace 1', 'upsert a/6', 'upsert b/7', 'remove a']);
    watch?.raw(changed('b', '13').subarray(0, 30)).end();
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '12');
  });

  it('reads whichever form comes: a list of the one and a watch of the other', async () => {
    const harness = await follow({ lists: [listOf('5', 'a')], watches: [binaryWatch, (exchange) => exchange.begin()] });
    void harness.run();
    await harness.watching();
    const first = harness.server.exchanges[1];
    first?.raw(changed('b', '6'));
    await eventually('the frame is told', () => harness.names.length === 2);
    await harness.clock.advance(2_000);
    first?.end();
    await harness.watching(2);
    harness.server.exchanges[2]?.event('ADDED', claim('c', '7'));
    await eventually('the line is told', () => harness.names.length === 3);
  });

  it('reads a Status in it, as an answer and as an event', async () => {
    const expired = failure(410, 'Expired', 'too old');
    const forbidden = failure(403, 'Forbidden', 'you may not');
    const harness = await follow({
      lists: [binaryList('5', 'a'), (exchange) => exchange.text(bytesOf(forbidden), protobufType, 403)],
      watches: [binaryWatch],
    });
    void harness.run();
    await harness.watching();
    harness.server.exchanges[1]?.raw(frameOf('ERROR', expired));
    await eventually('the refusal is told', () => harness.log.warnings.some((line) => line.includes('you may not')));
    assert.ok(!harness.log.warnings.some((line) => line.includes('too old')), 'a 410 is no failure');
  });

  for (const [what, answer] of [
    ['stops halfway', (exchange: Exchange) => exchange.text(listBytes('5', 'a', 'b').subarray(0, 90), protobufType)],
    ['is of another kind', (exchange: Exchange) => exchange.text(bytesOf(failure(200, '', '')), protobufType)],
    ['is JSON by another name', (exchange: Exchange) => exchange.text('{"kind":"List"}', protobufType)],
  ] as const)
    it(`keeps what it has when a list ${what}`, async () => {
      const harness = await follow({ lists: [binaryList('5', 'a'), answer], watches: [binaryWatch] });
      void harness.run();
      await harness.watching();
      harness.reflector.retry('background');
      await harness.failed('malformed');
      assert.deepEqual(harness.names, ['a']);
    });

  it('lists again after a frame that is none, or has no end', async () => {
    const endless = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
    const broken = Buffer.from([0, 0, 0, 3, 0x0a, 0x50, 0x41]);
    const harness = await follow({ lists: [binaryList('5', 'a')], watches: [binaryWatch] });
    void harness.run();
    for (const [count, bytes] of [endless, broken].entries()) {
      await harness.watching(count + 1);
      harness.server.exchanges.findLast(({ request }) => request.query.has('watch'))?.raw(bytes);
      await harness.failed('malformed');
      await harness.drive(3_000);
    }
    await harness.watching(3);
    assert.equal(harness.server.lists.length, 3);
  });

  it('reads a long list object by object, in pieces', async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `c${index}`);
    const harness = await follow({ lists: [binaryList('5', ...names)], watches: [binaryWatch] });
    void harness.run();
    await harness.watching();
    assert.equal(harness.names.length, 5_000);
    assert.equal(harness.server.lists.length, 1);
  });

  it('asks in consistent pages where the cache is behind what it has seen', async () => {
    const harness = await follow({
      lists: [binaryList('500', 'a', 'b'), binaryList('490', 'a'), binaryList('510', 'a', 'b', 'c')],
      watches: [binaryWatch],
    });
    void harness.run();
    await harness.watching();
    harness.reflector.retry('background');
    await harness.watching(2);
    assert.deepEqual(harness.names, ['a', 'b', 'c']);
    assert.deepEqual(
      harness.server.lists.map(({ query }) => query.get('resourceVersion')),
      ['0', '0', null],
    );
    assert.ok(!harness.changes.includes('replace 1'));
  });

  it('asks in consistent pages where all comes as JSON in one piece', async () => {
    const note = 'x'.repeat(1_000);
    const many = Array.from({ length: 6_000 }, (_, index) => ({ ...claim(`c${index}`), note }));
    const harness = await follow({
      lists: [
        (exchange) => exchange.page(many, '5'),
        (exchange) => exchange.page([claim('a')], '5', 'next'),
        listOf('5', 'b'),
      ],
    });
    void harness.run();
    await harness.watching();
    assert.deepEqual(harness.names, ['a', 'b']);
  });

  it('takes a list compressed, but no watch', async () => {
    const gzipped = gzipSync(listBytes('5', 'a', 'b'));
    const harness = await follow({
      lists: [(exchange) => exchange.text(gzipped, protobufType, 200, { 'content-encoding': 'gzip' })],
      watches: [binaryWatch],
    });
    void harness.run();
    await harness.watching();
    assert.deepEqual(harness.names, ['a', 'b']);
    const codings = harness.server.requests.map(({ headers }) => headers['accept-encoding']);
    assert.deepEqual(codings, ['gzip', 'identity']);
  });

  it('reads a watch and a refusal that a proxy compresses though nobody asked', async () => {
    const gzip = createGzip();
    const headers = { 'content-encoding': 'gzip' };
    const refusal = gzipSync(JSON.stringify(failure(500, 'InternalError', 'etcd is away')));
    const harness = await follow({
      lists: [
        (exchange) => exchange.text(refusal, 'application/json', 500, headers),
        (exchange) => exchange.text(gzipSync(listBytes('5', 'a')), protobufType, 200, headers),
      ],
      watches: [(exchange) => gzip.on('data', (piece) => exchange.begin(200, watchType, headers).raw(piece))],
    });
    void harness.run();
    await eventually('the refusal is told', () => harness.log.warnings.some((line) => line.includes('etcd is away')));
    await harness.drive(3_000);
    await eventually('it is watched', () => harness.server.watches.length === 1);
    gzip.write(changed('b', '6'));
    gzip.flush();
    await eventually('the frame is told', () => harness.names.length === 2);
    gzip.destroy();
  });

  for (const [what, body, coding] of [
    ['damaged', Buffer.concat([gzipSync('x').subarray(0, 12), Buffer.from('no gzip at all')]), 'gzip'],
    ['in a coding that was not asked for', Buffer.from('?'), 'br'],
  ] as const)
    it(`says what is wrong with an answer that is ${what}`, async () => {
      const harness = await follow({
        lists: [(exchange) => exchange.text(body, protobufType, 200, { 'content-encoding': coding })],
      });
      void harness.run();
      await harness.failed('malformed');
      assert.match(String(harness.state.phase === 'waiting' && harness.state.error.message), /compress/);
    });
});
