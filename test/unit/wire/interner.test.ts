import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Interner } from '../../../src/wire/interner.ts';

describe('interner', () => {
  it('reads a size once, and a problem as one', () => {
    const interner = new Interner();
    assert.equal(interner.bytesOf('10Gi').bytes, 10n * 2n ** 30n);
    assert.equal(interner.bytesOf('10Gi'), interner.bytesOf('10Gi'));
    assert.equal(interner.bytesOf('-1').problem, 'is negative');
  });

  it('starts over past its limit', () => {
    const interner = new Interner(2);
    const first = interner.bytesOf('1Gi');
    for (const text of ['2Gi', '3Gi']) interner.bytesOf(text);
    assert.notEqual(interner.bytesOf('1Gi'), first);
    assert.deepEqual(interner.bytesOf('1Gi'), first);
  });
});
