import assert from 'node:assert/strict';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { readPage } from '../../../src/wire/list.ts';
import { readStatus, reasonOf } from '../../../src/wire/status.ts';
import { readWatchEvent } from '../../../src/wire/watchEvent.ts';

const item = (name: string) => ({ metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '7' } });
const page = (object: unknown) => readPage(object, claims, new Interner());
const event = (line: unknown) =>
  readWatchEvent(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), claims, new Interner());

describe('list', () => {
  it('reads a page and the token of the next', () => {
    const read = page({
      kind: 'PersistentVolumeClaimList',
      metadata: { resourceVersion: '100', continue: 'abc', remainingItemCount: 5 },
      items: [item('a'), item('b')],
    });
    assert.deepEqual(
      read?.items.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual([read?.resourceVersion, read?.continueToken], ['100', 'abc']);
  });

  it('has no token on the last page', () => {
    for (const metadata of [{ resourceVersion: '1' }, { resourceVersion: '1', continue: '' }]) {
      const read = page({ kind: 'PersistentVolumeClaimList', metadata, items: [] });
      assert.deepEqual(read, { items: [], unreadable: 0, resourceVersion: '1' });
    }
  });

  it('leaves out items that cannot be read, and counts them', () => {
    const read = page({ kind: 'PersistentVolumeClaimList', items: [null, 'x', [], {}, { metadata: {} }, item('a')] });
    assert.deepEqual(
      read?.items.map(({ name }) => name),
      ['a'],
    );
    assert.equal(read?.unreadable, 5);
    assert.equal(read?.resourceVersion, '');
  });

  it('reads Go nil items as an empty list', () => {
    assert.deepEqual(page({ kind: 'PersistentVolumeClaimList', items: null })?.items, []);
    assert.deepEqual(page({ kind: 'PersistentVolumeClaimList' })?.items, []);
  });

  it('reads a generic list', () => {
    assert.equal(page({ kind: 'List', items: [item('a')] })?.items.length, 1);
  });

  const noLists: unknown[] = [
    undefined,
    null,
    'x',
    5,
    [],
    {},
    { kind: 'Status', items: [] },
    { items: 'x' },
    { items: [] },
    { kind: 'APIResourceList' },
    { kind: 'APIResourceList', items: [] },
    { kind: 'PodList', items: [] },
    { kind: 'List' },
    { kind: 'PersistentVolumeClaimList', items: {} },
    { kind: 'APIVersions' },
  ];
  for (const object of noLists) it(`is not ${JSON.stringify(object)}`, () => assert.equal(page(object), undefined));
});

describe('watch event', () => {
  it('is an upsert or a removal with its record', () => {
    for (const [type, read] of [
      ['ADDED', 'upsert'],
      ['MODIFIED', 'upsert'],
      ['DELETED', 'remove'],
    ]) {
      const result = event({ type, object: item('a') });
      assert.equal(result.type, read);
      assert.equal('record' in result && result.record.uid, 'uid-a');
    }
  });

  it('is a bookmark', () => {
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '55' } } };
    assert.deepEqual(event(bookmark), { type: 'bookmark', resourceVersion: '55' });
  });

  it('is an error with the server’s status', () => {
    const object = {
      kind: 'Status',
      status: 'Failure',
      code: 410,
      reason: 'Expired',
      message: 'too old resource version',
    };
    assert.deepEqual(event({ type: 'ERROR', object }), {
      type: 'error',
      status: { code: 410, reason: 'Expired', message: 'too old resource version' },
    });
  });

  it('is an error of the server when it has no status', () => {
    const result = event({ type: 'ERROR', object: {} });
    assert.equal(result.type === 'error' && result.status.code, 500);
  });

  const malformed: [line: unknown, message: RegExp][] = [
    ['', /not JSON/],
    ['{"type":"ADDED"', /not JSON/],
    ['<html>', /not JSON/],
    ['[]', /not an object/],
    ['null', /not an object/],
    [{ type: 'ADDED' }, /persistentvolumeclaims without name or UID/],
    [{ type: 'DELETED', object: { metadata: { name: 'a' } } }, /without name or UID/],
    [{ type: 'PATCHED', object: item('a') }, /unknown type/],
    [{ object: item('a') }, /unknown type/],
  ];
  for (const [line, message] of malformed) {
    it(`is malformed: ${JSON.stringify(line)}`, () => {
      const result = event(line);
      assert.match(result.type === 'malformed' ? result.message : '', message);
    });
  }
});

describe('status', () => {
  it('reads a failure and how long to wait', () => {
    const status = { kind: 'Status', status: 'Failure', code: 429, reason: 'TooManyRequests', message: 'slow down' };
    assert.deepEqual(readStatus({ ...status, details: { retryAfterSeconds: 2 } }), {
      code: 429,
      reason: 'TooManyRequests',
      message: 'slow down',
      retryAfterMs: 2000,
    });
    for (const retryAfterSeconds of [0, -1, '2', null])
      assert.equal(readStatus({ ...status, details: { retryAfterSeconds } })?.retryAfterMs, undefined);
  });

  it('reads a bare failure', () => {
    assert.deepEqual(readStatus({ kind: 'Status' }), { code: 0, reason: '', message: '' });
  });

  it('is none of a success or another object', () => {
    assert.equal(readStatus({ kind: 'Status', status: 'Success' }), undefined);
    assert.equal(readStatus({ kind: 'PersistentVolumeClaim', status: {} }), undefined);
    assert.equal(readStatus({}), undefined);
  });

  const reasons: [code: number, reason: string][] = [
    [400, 'invalid'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [409, 'conflict'],
    [410, 'expired'],
    [422, 'invalid'],
    [429, 'throttled'],
    [500, 'server'],
    [503, 'server'],
    [302, 'malformed'],
    [0, 'malformed'],
  ];
  for (const [code, reason] of reasons) it(`${code} is ${reason}`, () => assert.equal(reasonOf(code), reason));
});
