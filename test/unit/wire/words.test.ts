import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Words } from '../../../src/wire/words.ts';

describe('words', () => {
  it('are the text of their bytes, whatever came before', () => {
    const few = fc
      .array(fc.constantFrom('a', 'b', 'ü', '€', '😀', '\0'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    const text = fc.oneof(few, fc.string({ maxLength: 80 }));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
        const words = new Words();
        for (const each of texts) {
          const bytes = Buffer.from(`<${each}>`);
          assert.equal(words.of(bytes, 1, bytes.length - 1), bytes.toString('utf8', 1, bytes.length - 1));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are not made anew', () => {
    const words = new Words();
    const bytes = Buffer.from('ReadWriteOnceReadWriteOnce');
    // Two equal strings are not told apart from one, but the second need not be read from the bytes.
    assert.equal(words.of(bytes, 0, 13), 'ReadWriteOnce');
    bytes.toString = () => assert.fail('made anew');
    assert.equal(words.of(bytes, 13, 26), 'ReadWriteOnce');
  });
});
