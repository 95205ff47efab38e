/** A kubeconfig, as JSON (which is YAML), whose only context `demo` leads to a demo server on loopback. */
export function demoKubeconfig(port: number, token: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'demo',
    clusters: [{ name: 'demo', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'demo', user: { token } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'demo' } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
