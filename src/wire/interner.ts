import { type BytesOrProblem, readBytes } from '../domain/quantity.ts';
import { Words } from './words.ts';

/** Values of one hash that are compared with a new one. */
const mostAlike = 16;

/**
 * Keeps one copy of what repeats over many objects: names of namespaces and classes, and whole groups of facts.
 *
 * JSON.parse makes a new string for each occurrence; over 100,000 claims that is most of their memory.
 * Bounded: past `limit` different ones it starts over.
 */
export class Interner {
  /** For what comes as bytes. */
  readonly words = new Words();
  readonly #strings = new Map<string, string>();
  readonly #sizes = new Map<string, BytesOrProblem>();
  readonly #values = new Map<number, unknown[]>();
  readonly #limit: number;

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  of(text: string): string {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    if (this.#strings.size >= this.#limit) this.#strings.clear();
    this.#strings.set(text, text);
    return text;
  }

  /** As `readBytes`: the same few sizes stand in most claims, and are parsed once. */
  bytesOf(text: string): BytesOrProblem {
    const known = this.#sizes.get(text);
    if (known !== undefined) return known;
    if (this.#sizes.size >= this.#limit) this.#sizes.clear();
    const read = readBytes(text);
    this.#sizes.set(text, read);
    return read;
  }

  /**
   * The first value that is the same, among the last few of this hash. Each interner is used for one type of value.
   * `same` decides; a hash that many share only makes that there are more copies than one.
   */
  share<T>(hash: number, value: T, same: (a: T, b: T) => boolean): T {
    const alike = this.#values.get(hash) as T[] | undefined;
    const known = alike?.find((each) => same(each, value));
    if (known !== undefined) return known;
    if (this.#values.size >= this.#limit) this.#values.clear();
    if (!alike || alike.length >= mostAlike) this.#values.set(hash, [value]);
    else alike.push(value);
    return value;
  }
}
