import type { AlertInput } from './alertInput.ts';

/**
 * Tells what is first seen because the user changed something from what is first seen at all.
 *
 * Only what has been judged before can be changed: a setting that comes before the first judgement makes no breach the
 * user's, another target that the user chose does. After it every other bound, scope or context is theirs, except a target
 * out of another file that nobody chose: the start, which asks the Kubernetes extension late, was finding its way.
 */
export class UserChanges {
  #judged:
    | { readonly subject: string; readonly target: string | undefined; readonly source: string | undefined }
    | undefined;
  readonly #subjectOf: (input: AlertInput) => string;
  /** The target that was followed when the user last chose one; undefined when that has been judged. */
  #leaving: string | undefined;

  /** `subjectOf`: what a user changes. */
  constructor(subjectOf: (input: AlertInput) => string) {
    this.#subjectOf = subjectOf;
  }

  /** The user has chosen what to follow, and it is going to be followed soon. */
  chosen({ snapshot: { target } }: AlertInput): void {
    this.#leaving = target?.key;
  }

  /** Whether what is first seen in this is due to a change of the user's. */
  explain(input: AlertInput): boolean {
    const { target } = input.snapshot;
    const chosen = this.#hasLeft(input);
    if (!this.#judged) return chosen;
    if (this.#judged.subject === this.#subjectOf(input)) return false;
    return chosen || this.#judged.target === target?.key || this.#judged.source === target?.source;
  }

  judged(input: AlertInput): void {
    const { target } = input.snapshot;
    if (this.#hasLeft(input)) this.#leaving = undefined;
    this.#judged = { subject: this.#subjectOf(input), target: target?.key, source: target?.source };
  }

  #hasLeft({ snapshot: { target } }: AlertInput): boolean {
    return this.#leaving !== undefined && this.#leaving !== target?.key;
  }
}
