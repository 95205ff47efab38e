import Module from 'node:module';
import { sep } from 'node:path';
import { OutsideWorld } from './outsideWorld.ts';

export interface TurnReport {
  /** Reading and evaluating the main file. */
  readonly loadMs: number;
  /** The call of `activate` until it returns. */
  readonly callMs: number;
  /** Files of the extension that were loaded until then, relative to its folder. Only where I/O is watched. */
  readonly loaded: readonly string[];
  /** What else was reached for outside of the process until then. Only where I/O is watched. */
  readonly io: readonly string[];
}

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;
type Activate = (...args: unknown[]) => unknown;

/**
 * Looks on while VS Code loads the main file of one extension and calls its `activate`, by wrapping the module loader
 * until disposed. Watching I/O as well makes both slower: times are to be taken without it.
 */
export class CallingTurn {
  readonly #folder: string;
  readonly #outside: OutsideWorld | undefined;
  readonly #loader = Module as unknown as { _load: Load };
  readonly #original = this.#loader._load;
  #loadMs = Number.NaN;
  #callMs = Number.NaN;

  constructor(folder: string, watchIo: boolean) {
    this.#folder = `${folder}${sep}`;
    this.#outside = watchIo ? new OutsideWorld(this.#folder) : undefined;
    const turn = this;
    this.#loader._load = function (request, parent, isMain) {
      const load = () => turn.#original.call(this, request, parent, isMain);
      if (!request.startsWith(turn.#folder) || !Number.isNaN(turn.#loadMs)) return load();
      const [exports, ms] = turn.#timed(load);
      turn.#loadMs = ms;
      return turn.#watched(exports as { readonly activate: Activate });
    };
  }

  report(): TurnReport {
    const { loaded = [], reached: io = [] } = this.#outside ?? {};
    return { loadMs: this.#loadMs, callMs: this.#callMs, loaded, io };
  }

  dispose(): void {
    this.#loader._load = this.#original;
    this.#outside?.dispose();
  }

  #watched(exports: { readonly activate: Activate }): { readonly activate: Activate } {
    const activate: Activate = (...args) => {
      const [result, ms] = this.#timed(() => exports.activate(...args));
      this.#callMs = ms;
      return result;
    };
    return { ...exports, activate };
  }

  #timed<T>(task: () => T): [result: T, ms: number] {
    const startedMs = performance.now();
    const result = this.#outside ? this.#outside.watch(task) : task();
    return [result, performance.now() - startedMs];
  }
}
