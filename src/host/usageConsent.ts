import { type Signal, SignalSource } from '../base/signal.ts';
import { recordOf } from '../domain/settingForms.ts';
import type { UsageConsent } from '../session/currentUsage.ts';

const consentKey = 'usageConsent';
/** Until when the question is not put again, by cluster: windows do not put it side by side, nor one after the other. */
const restKey = 'usageConsentRest';
const askingMs = 10 * 60_000;
const dismissedMs = 24 * 3_600_000;

/** The extension's global state, as far as it is used here. */
export interface ConsentMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): unknown;
}

/** Puts a question with `Yes` and `No`; undefined when it is dismissed. */
export type AskUser = (question: string) => PromiseLike<'Yes' | 'No' | undefined>;

/**
 * Whether the user lets kubelets be read, remembered for each cluster. The question is put once, in a window that is in front;
 * dismissed, it is a no until a start on another day.
 */
export class RememberedConsent implements UsageConsent {
  readonly #memory: ConsentMemory;
  readonly #focused: Signal<boolean>;
  readonly #nameOf: (contextName: string) => string;
  readonly #askUser: AskUser;
  readonly #now: () => number;
  readonly #answers: SignalSource<ReadonlyMap<string, boolean>>;
  readonly #asked = new Set<string>();

  constructor(
    memory: ConsentMemory,
    focused: Signal<boolean>,
    nameOf: (contextName: string) => string,
    askUser: AskUser,
    now: () => number,
  ) {
    this.#memory = memory;
    this.#focused = focused;
    this.#nameOf = nameOf;
    this.#askUser = askUser;
    this.#now = now;
    this.#answers = new SignalSource(remembered(memory));
  }

  get answers(): Signal<ReadonlyMap<string, boolean>> {
    return this.#answers;
  }

  ask(identity: string, contextName: string): void {
    // Another window may have been answered meanwhile, or be asking.
    const known = remembered(this.#memory);
    if (known.has(identity)) this.#answers.set(known);
    else if (!this.#asked.has(identity) && this.#focused.value && !this.#rests(identity)) {
      this.#asked.add(identity);
      void this.#ask(identity, this.#nameOf(contextName));
    }
  }

  reconsider(identity: string): void {
    const all = new Map(remembered(this.#memory));
    if (all.get(identity) === true) return;
    all.delete(identity);
    this.#restFor(identity, 0);
    this.#asked.delete(identity);
    this.#keep(all);
  }

  async #ask(identity: string, name: string): Promise<void> {
    this.#restFor(identity, askingMs);
    const question = `Read used bytes from the kubelets of ${name}? It uses nodes/proxy, which security teams may audit.`;
    const answer = await this.#askUser(question);
    if (answer === undefined) {
      this.#restFor(identity, dismissedMs);
      return;
    }
    this.#keep(new Map([...remembered(this.#memory), [identity, answer === 'Yes']]));
  }

  #keep(answers: ReadonlyMap<string, boolean>): void {
    this.#memory.update(consentKey, Object.fromEntries(answers));
    this.#answers.set(answers);
  }

  #restFor(identity: string, ms: number): void {
    this.#memory.update(restKey, { ...recordOf(this.#memory.get(restKey)), [identity]: this.#now() + ms });
  }

  #rests(identity: string): boolean {
    const untilMs = recordOf(this.#memory.get(restKey))?.[identity];
    const leftMs = typeof untilMs === 'number' ? untilMs - this.#now() : 0;
    // What is further ahead than any rest is none: the clock was set back.
    return leftMs > 0 && leftMs <= dismissedMs;
  }
}

function remembered(memory: Pick<ConsentMemory, 'get'>): ReadonlyMap<string, boolean> {
  const entries = Object.entries(recordOf(memory.get(consentKey)) ?? {});
  return new Map(entries.flatMap(([identity, yes]) => (typeof yes === 'boolean' ? [[identity, yes]] : [])));
}
