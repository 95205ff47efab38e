import type { Memento } from 'vscode';
import { memoryFromJson, memoryToJson, pruned } from '../alerts/alertMemory.ts';
import type { EpisodeStore } from '../alerts/ports.ts';
import type { Clock } from '../base/clock.ts';
import type { InteractivePlugins } from './credentialGate.ts';

const alertsKey = 'alerts';
const pluginsKey = 'interactivePlugins';
const pluginsKept = 100;

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

/** Credential plugins that have needed the user. */
export function interactivePlugins(globalState: Memento): InteractivePlugins {
  const keys = () => globalState.get<readonly string[]>(pluginsKey, []);
  return {
    has: (key) => keys().includes(key),
    set(key, interactive) {
      if (keys().includes(key) === interactive) return;
      const others = keys().filter((each) => each !== key);
      void globalState.update(pluginsKey, interactive ? [...others, key].slice(-pluginsKept) : others);
    },
  };
}
