/** A value of the right form, or which form is accepted, fit to follow `Expected`. */
export type Parsed<T> = { readonly value: T } | { readonly accepted: string };

/** A text without blanks around it; nothing at all is an empty one. */
export function text(value: unknown): Parsed<string> {
  if (value === undefined || value === null) return { value: '' };
  return typeof value === 'string' ? { value: value.trim() } : { accepted: 'a text' };
}

/** True or false. */
export function flag(value: unknown): Parsed<boolean> {
  return typeof value === 'boolean' ? { value } : { accepted: 'true or false' };
}

/** A list of namespace names (RFC 1123 labels), each once. */
export function names(value: unknown): Parsed<readonly string[]> {
  const fine =
    Array.isArray(value) &&
    value.every((name) => typeof name === 'string' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name));
  return fine
    ? { value: [...new Set(value as string[])] }
    : { accepted: 'a list of namespace names such as ["shop", "blog"]' };
}

/** A number between two bounds, both included. */
export function number(from: number, to: number): (value: unknown) => Parsed<number> {
  return (value) =>
    typeof value === 'number' && value >= from && value <= to
      ? { value }
      : { accepted: `a number from ${from} to ${to}` };
}

/** One of some words. */
export function oneOf<const T extends string>(...accepted: readonly T[]): (value: unknown) => Parsed<T> {
  return (value) => {
    const found = accepted.find((each) => each === value);
    return found === undefined ? { accepted: `one of ${accepted.join(', ')}` } : { value: found };
  };
}

/** An object, not an array. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
