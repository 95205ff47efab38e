/** As many slots as a cluster has different words by far, and few enough to be small. */
const slots = 1024;
/** What is longer hardly repeats. */
const longest = 64;

/**
 * Keeps one string for bytes that repeat over many objects, so that it is not made anew each time: that takes longer than to
 * compare it, and leaves garbage.
 */
export class Words {
  readonly #words: string[] = new Array<string>(slots).fill('');

  /** The text of these bytes of UTF-8. */
  of(bytes: Buffer, at: number, end: number): string {
    const length = end - at;
    if (length === 0) return '';
    if (length > longest) return bytes.toString('utf8', at, end);
    const middle = bytes[at + (length >> 1)] ?? 0;
    const slot = (length * 31 + (bytes[at] ?? 0) * 7 + middle * 61 + (bytes[end - 1] ?? 0) * 131) % slots;
    const known = this.#words[slot] ?? '';
    if (known.length === length && isText(bytes, at, known)) return known;
    const word = bytes.toString('utf8', at, end);
    this.#words[slot] = word;
    return word;
  }
}

/** Whether the next bytes are this text, which is ASCII; a text that is not is never found. */
export function isText(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
