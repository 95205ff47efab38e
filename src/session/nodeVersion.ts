/** What undici 8, and so the Kubernetes client, needs. */
const needed: readonly [major: number, minor: number] = [22, 19];

/** A sentence for the user when this Node is too old for the Kubernetes client; undefined when it will do. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return undefined;
  return `PVC Watch needs Node ${needed.join('.')} in the extension host, and this VS Code has ${version}. Update VS Code.`;
}
