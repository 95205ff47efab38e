import { systemClock } from '../../../src/base/clock.ts';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { RawClient } from '../../contract/rawClient.ts';
import { until } from '../../support/until.ts';
import { limitMs } from './product.ts';

const merge = 'application/merge-patch+json';
const path = (namespace: string, name = '') =>
  `/api/v1/namespaces/${namespace}/persistentvolumeclaims${name === '' ? '' : `/${name}`}`;

/** An API server of the demo in this process, in which nothing happens by itself; it serves any context one likes. */
export class SimulatedCluster {
  readonly #server: DemoServer;
  readonly #client: RawClient;

  private constructor(server: DemoServer) {
    this.#server = server;
    this.#client = new RawClient({ server: `http://127.0.0.1:${server.port}`, token: server.token });
  }

  /** `behindMs`: how far its clock is behind, so that what is made in it is so old already. */
  static async start({ behindMs = 0 } = {}): Promise<SimulatedCluster> {
    const clock = { ...systemClock, now: () => systemClock.now() - behindMs };
    return new SimulatedCluster(await startDemoServer({ clock, random: Math.random, life: false }));
  }

  get token(): string {
    return this.#server.token;
  }

  /** A kubeconfig of these contexts, the first of which is the current one. `user` is how it proves who it is. */
  kubeconfig(contextNames: readonly string[], user: object = { token: this.token }): Record<string, unknown> {
    return {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': contextNames[0],
      clusters: [{ name: 'simulated', cluster: { server: `http://127.0.0.1:${this.#server.port}` } }],
      users: [{ name: 'me', user }],
      contexts: contextNames.map((name) => ({ name, context: { cluster: 'simulated', user: 'me' } })),
    };
  }

  async createNamespace(name: string): Promise<void> {
    await this.#client.must('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
  }

  async create(namespace: string, name: string, size: string, labels: Record<string, string> = {}): Promise<void> {
    const body = {
      metadata: { name, labels },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
    };
    await this.#client.must('POST', path(namespace), { body });
  }

  async resize(namespace: string, name: string, size: string): Promise<void> {
    const body = { spec: { resources: { requests: { storage: size } } } };
    await this.#client.must('PATCH', path(namespace, name), { body, contentType: merge });
  }

  async label(namespace: string, name: string, labels: Record<string, string>): Promise<void> {
    await this.#client.must('PATCH', path(namespace, name), { body: { metadata: { labels } }, contentType: merge });
  }

  /** Puts a pod on a node that mounts the claim. */
  async mount(namespace: string, claimName: string, nodeName: string): Promise<void> {
    const body = {
      metadata: { name: `${claimName}-0` },
      spec: {
        nodeName,
        containers: [{ name: 'main', image: 'example.com/main:1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      },
    };
    await this.#client.must('POST', `/api/v1/namespaces/${namespace}/pods`, { body });
  }

  /** Deletes a claim, if it is there, and waits until it is gone. */
  async delete(namespace: string, name: string): Promise<void> {
    await this.#client.send('DELETE', path(namespace, name));
    await until(`${name} is gone`, limitMs, async () => (await this.#client.get(path(namespace, name))).status === 404);
  }

  async phase(namespace: string, name: string): Promise<string> {
    const { status } = (await this.#client.must('GET', path(namespace, name))) as { status?: { phase?: string } };
    return status?.phase ?? '';
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}
