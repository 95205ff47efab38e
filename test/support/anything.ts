import fc from 'fast-check';

/** Whatever there is in JavaScript: what untrusted input may be before it is looked at. */
export const anything = fc.anything({
  withNullPrototype: true,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSparseArray: true,
});
