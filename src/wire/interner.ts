/**
 * Keeps one copy of strings that repeat over many objects: namespaces, classes, phases, access modes.
 *
 * JSON.parse makes a new string for each occurrence; over 100,000 claims that is most of their memory.
 * Bounded: past `limit` different strings it starts over.
 */
export class Interner {
  readonly #strings = new Map<string, string>();
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
}
