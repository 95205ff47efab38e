import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file that KUBECONFIG names in this extension host. */
export function kubeconfigFile(): string {
  const file = process.env.KUBECONFIG;
  if (!file?.startsWith(temporaryFolder())) throw new Error(`KUBECONFIG is ${file}, which is not the tests' own.`);
  return file;
}

/** A folder that is removed after the run. */
export function temporaryFolder(): string {
  const folder = process.env.PVCWATCH_TEMPORARY;
  if (folder === undefined) throw new Error('PVCWATCH_TEMPORARY is not set.');
  return folder;
}

/** Writes the file that KUBECONFIG names. */
export function writeKubeconfig(content: string | object): void {
  writeFileSync(kubeconfigFile(), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
}

export function removeKubeconfig(): void {
  rmSync(kubeconfigFile(), { force: true });
}

/** Writes a kubeconfig that nothing names yet, and returns its path. */
export function otherKubeconfig(name: string, content: object): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, JSON.stringify(content, undefined, 2));
  return file;
}
