import { homedir } from 'node:os';
import { commands, type WorkspaceConfiguration, window, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { parseSettings, type RawSetting, type SettingProblem, type Settings } from '../domain/settings.ts';
import { messageText } from '../presentation/text.ts';
import { expandPath, pathProblem } from './expandPath.ts';

/** The settings in force, and their changes. A wrong value is told once; what was in force before stays. */
export interface SettingsSource extends Disposable {
  readonly settings: Signal<Settings>;
  /** Says once that a setting is wrong although its form is right, e.g. a selector that the server refuses. */
  report(problem: SettingProblem): void;
}

const section = 'pvcwatch';

export function settingsSource(): SettingsSource {
  const lifetime = new DisposableStore();
  const reported = new Map<string, string>();
  const report = ({ setting, message }: SettingProblem) => {
    if (reported.get(setting) === message) return;
    reported.set(setting, message);
    void window.showWarningMessage(messageText(message), 'Open Settings').then((choice) => {
      if (choice) void commands.executeCommand('workbench.action.openSettings', setting);
    });
  };
  const raw = new Map<string, string>();
  const read = (previous?: Settings): Settings => {
    const configuration = workspace.getConfiguration(section);
    const { settings, problems } = parseSettings((name) => {
      const setting = rawSetting(configuration, name);
      const text = JSON.stringify(setting.value) ?? '';
      // Another value is another chance: what was reported of the old one may be said again.
      if (raw.get(name) !== text) reported.delete(`${section}.${name}`);
      raw.set(name, text);
      return setting;
    }, previous);
    const place = {
      home: homedir(),
      workspaceFolder: workspace.workspaceFolders?.[0]?.uri.fsPath,
      trusted: workspace.isTrusted,
    };
    const misplaced = pathProblem(`${section}.kubeconfig`, settings.kubeconfig, place);
    for (const problem of [...problems, ...(misplaced ? [misplaced] : [])]) report(problem);
    const kubeconfig = misplaced ? (previous?.kubeconfig ?? '') : expandPath(settings.kubeconfig, place);
    return { ...settings, kubeconfig };
  };
  const source = new SignalSource(read());
  const update = () => source.set(read(source.value));
  lifetime.add(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) update();
    }),
  );
  lifetime.add(workspace.onDidGrantWorkspaceTrust(update));
  lifetime.add(workspace.onDidChangeWorkspaceFolders(update));
  return { settings: source, report, dispose: () => lifetime.dispose() };
}

function rawSetting(configuration: WorkspaceConfiguration, name: string): RawSetting {
  return {
    value: plain(configuration.get(name)),
    get isSet() {
      const { globalValue, workspaceValue, workspaceFolderValue } = configuration.inspect(name) ?? {};
      return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
    },
  };
}

/** VS Code hands out objects as proxies that refuse to be changed and are compared by identity. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}
