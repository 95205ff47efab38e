import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** Which kubeconfig files count, and how to speak of them. */
export interface KubeconfigPaths {
  readonly files: readonly string[];
  readonly label: string;
  /** Chosen by the user or the environment: a missing file is then an error worth telling. */
  readonly explicit: boolean;
}

export interface PathSources {
  /** `pvcwatch.kubeconfig`, expanded; '' for none. */
  readonly setting: string;
  /** The Kubernetes extension's choice. */
  readonly kubernetesExtension: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** The setting, else the Kubernetes extension's choice, else `KUBECONFIG` (a list), else `~/.kube/config`. */
export function kubeconfigPaths({ setting, kubernetesExtension, env, home }: PathSources): KubeconfigPaths {
  const shown = (file: string) =>
    home !== '' && file.startsWith(join(home, '/')) ? `~${file.slice(home.length)}` : file;
  if (setting !== '') {
    const file = isAbsolute(setting) ? setting : resolve(home, setting);
    return { files: [file], label: shown(file), explicit: true };
  }
  if (kubernetesExtension) return { files: [kubernetesExtension], label: shown(kubernetesExtension), explicit: true };
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) {
    const files = [...new Set(listed.map((file) => resolve(file)))];
    return { files, label: files.map(shown).join(delimiter), explicit: true };
  }
  const file = join(home, '.kube', 'config');
  return { files: [file], label: '~/.kube/config', explicit: false };
}
