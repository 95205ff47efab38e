import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { Scope } from '../domain/target.ts';

type Selectors = Pick<Scope, 'labelSelector' | 'fieldSelector'>;

/** What a snapshot says while other selectors are in force than the settings ask for. */
export type SelectorRefusal = Required<Pick<StorageSnapshot, 'selectorError' | 'refusedSelectors'>>;

/**
 * Which selectors each target accepted last, and which it refused: only the server knows whether a selector is right.
 *
 * Refused ones are not asked for again until others have been accepted; the last accepted ones, or none, stay in force.
 */
export class SelectorMemory {
  readonly #accepted = new Map<string, Selectors>();
  readonly #refused = new Map<string, SelectorRefusal>();

  /** The scope to open for the one that the settings ask for, and why it is another. */
  inForce(targetKey: string, wanted: Scope): { readonly scope: Scope; readonly refusal?: SelectorRefusal } {
    const refusal = this.#refused.get(targetKey);
    if (!refusal || !same(refusal.refusedSelectors, wanted)) return { scope: wanted };
    return { scope: { ...wanted, ...(this.#accepted.get(targetKey) ?? noSelectors) }, refusal };
  }

  /**
   * Learns from what a session with these selectors says; whether it refused them. What was accepted once is not wrong:
   * a later refusal is about something else.
   */
  refuses(targetKey: string, { scope, connection, selectorError }: StorageSnapshot): boolean {
    const { labelSelector, fieldSelector } = scope;
    const selectors = { labelSelector, fieldSelector };
    if (!selectorError) {
      if (connection.state === 'live') this.#accepted.set(targetKey, selectors);
      return false;
    }
    if (same(selectors, this.#accepted.get(targetKey) ?? noSelectors)) return false;
    this.#refused.set(targetKey, { selectorError, refusedSelectors: selectors });
    return true;
  }
}

const noSelectors: Selectors = { labelSelector: '', fieldSelector: '' };

function same(a: Selectors, b: Selectors): boolean {
  return a.labelSelector === b.labelSelector && a.fieldSelector === b.fieldSelector;
}
