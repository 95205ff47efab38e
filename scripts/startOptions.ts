import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

export const usage = `Usage: npm start [-- OPTIONS]
  --demo              the demo cluster, also if there is a kubeconfig
  --kubeconfig FILE   this kubeconfig
  --browser           VS Code in the browser, also if there is a desktop VS Code`;

export interface StartOptions {
  readonly demo: boolean;
  /** Absolute path. */
  readonly kubeconfig: string | undefined;
  readonly browser: boolean;
}

/** What `npm start` was asked for, or a sentence about what is wrong with it. */
export function parseStartOptions(args: readonly string[], cwd: string): StartOptions | string {
  let demo = false;
  let browser = false;
  let kubeconfig: string | undefined;
  const rest = args.flatMap((each) => (each.startsWith('--kubeconfig=') ? each.split(/=(.*)/s, 2) : [each]));
  for (let index = 0; index < rest.length; index++) {
    const option = rest[index] ?? '';
    if (option === '--demo') demo = true;
    else if (option === '--browser') browser = true;
    else if (option === '--kubeconfig') {
      const file = rest[++index];
      if (!file) return '--kubeconfig needs the path of a file.';
      kubeconfig = resolve(cwd, file);
      if (!existsSync(kubeconfig)) return `The kubeconfig ${kubeconfig} does not exist.`;
    } else return `Unknown option ${option}.\n${usage}`;
  }
  if (demo && kubeconfig)
    return '--demo and --kubeconfig exclude each other: the demo cluster has a kubeconfig of its own.';
  return { demo, kubeconfig, browser };
}

/** Whether there is a cluster to follow: by `KUBECONFIG`, in `~/.kube/config`, or the one that this machine is a pod of. */
export function hasKubeconfig(): boolean {
  const listed = process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [];
  const files = listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  return [...files, '/var/run/secrets/kubernetes.io/serviceaccount/token'].some((file) => existsSync(file));
}
