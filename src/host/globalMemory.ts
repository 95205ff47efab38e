import type { Memento } from 'vscode';
import { memoryFromJson, memoryToJson, pruned } from '../alerts/alertMemory.ts';
import type { EpisodeStore } from '../alerts/ports.ts';
import type { Clock } from '../base/clock.ts';

const alertsKey = 'alerts';

/** Episodes, snoozes and what was told, in the extension's global state. */
export function episodeStore(globalState: Memento, clock: Clock): EpisodeStore {
  return {
    load: () => {
      const stored = globalState.get(alertsKey);
      return stored === undefined ? undefined : memoryFromJson(stored, clock.now());
    },
    save: (memory) => void globalState.update(alertsKey, memoryToJson(pruned(memory, clock.now()))),
  };
}
