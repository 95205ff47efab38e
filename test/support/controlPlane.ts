import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from './adminClient.ts';
import { Program } from './childProcess.ts';
import { Authority } from './pki.ts';
import { setUpRights } from './rights.ts';
import { until } from './until.ts';

/** Users of different rights; `certificate` proves itself by a client certificate, the others by a token. */
export const users = ['admin', 'viewer', 'namespaced', 'lister', 'nobody', 'certificate'] as const;
export type User = (typeof users)[number];

export interface ControlPlaneOptions {
  /** An etcd data folder to begin with; it is written to. */
  readonly dataDir?: string;
  readonly controllerManager?: boolean;
  readonly scheduler?: boolean;
  readonly apiServerFlags?: readonly string[];
}

/** The folder with the binaries, or undefined: then a contributor has to get them first (test/controlplane/README.md). */
export function controlPlaneBinaries(): string | undefined {
  const folder = process.env.KUBEBUILDER_ASSETS;
  return folder && existsSync(join(folder, 'kube-apiserver')) ? folder : undefined;
}

/** A real control plane on loopback with throw-away certificates, in a folder that `stop` removes. */
export class ControlPlane {
  readonly server: string;
  readonly folder: string;
  readonly ca: string;
  readonly admin: AdminClient;
  readonly #authority: Authority;
  readonly #tokens: ReadonlyMap<User, string>;
  readonly #programs = new Map<string, Program>();
  readonly #commands = new Map<string, readonly string[]>();
  readonly #etcdPort: number;

  private constructor(folder: string, authority: Authority, ports: { readonly api: number; readonly etcd: number }) {
    this.folder = folder;
    this.#authority = authority;
    this.server = `https://127.0.0.1:${ports.api}`;
    this.#etcdPort = ports.etcd;
    this.ca = readFileSync(authority.caFile, 'utf8');
    this.#tokens = new Map(users.map((user) => [user, randomBytes(16).toString('hex')]));
    this.admin = new AdminClient(this.server, this.ca, this.token('admin'));
  }

  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    if (controlPlaneBinaries() === undefined)
      throw new Error('KUBEBUILDER_ASSETS names no folder with kube-apiserver; see test/controlplane/README.md');
    const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-cluster-'));
    const [api, etcd, peer] = await Promise.all([freePort(), freePort(), freePort()]);
    const plane = new ControlPlane(folder, new Authority(folder), { api, etcd });
    process.once('exit', plane.#abandon);
    try {
      await plane.#start(options, { api, etcd, peer });
      return plane;
    } catch (error) {
      const log = plane.log('kube-apiserver').slice(-3000);
      await plane.stop();
      throw new Error(`The control plane did not start: ${String(error)}\n${log}`);
    }
  }

  token(user: User): string {
    return this.#tokens.get(user) ?? '';
  }

  /** Writes a kubeconfig of one context for a user and returns its path. */
  kubeconfig(
    user: User,
    options: { readonly context?: string; readonly namespace?: string; readonly file?: string } = {},
  ): string {
    const { context = 'kind-dev', namespace, file = `${user}-${randomBytes(3).toString('hex')}.kubeconfig` } = options;
    const path = join(this.folder, file);
    writeFileSync(path, JSON.stringify(this.kubeconfigObject(user, context, namespace), undefined, 2));
    return path;
  }

  kubeconfigObject(user: User, context: string, namespace?: string): Record<string, unknown> {
    const data = (text: string) => Buffer.from(text).toString('base64');
    let proof: Record<string, string> = { token: this.token(user) };
    if (user === 'certificate') {
      const { certFile, keyFile } = this.userCertificate();
      proof = {
        'client-certificate-data': data(readFileSync(certFile, 'utf8')),
        'client-key-data': data(readFileSync(keyFile, 'utf8')),
      };
    }
    return {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': context,
      clusters: [{ name: 'kind', cluster: { server: this.server, 'certificate-authority-data': data(this.ca) } }],
      users: [{ name: user, user: proof }],
      contexts: [
        { name: context, context: { cluster: 'kind', user, ...(namespace === undefined ? {} : { namespace }) } },
      ],
    };
  }

  /** Makes a certificate that the API server knows a user by: `/O=GROUP/CN=NAME`. */
  certificate(name: string, subject: string): { readonly certFile: string; readonly keyFile: string } {
    return this.#authority.issue(name, subject, false);
  }

  /** A certificate of this cluster's authority for something on loopback that stands in front of the API server. */
  servingCertificate(name: string): { readonly cert: string; readonly key: string } {
    return this.#authority.issue(name, `/CN=${name}`, true);
  }

  /** Another client certificate of the user `certificate`, in the same two files each time. */
  userCertificate(): { readonly certFile: string; readonly keyFile: string } {
    return this.certificate('user-certificate', '/O=viewers/CN=certificate');
  }

  /** Replaces what the API server proves itself by; it reads it when it starts. */
  renewServingCertificate(): void {
    this.#authority.issue('apiserver', '/CN=kube-apiserver', true);
  }

  log(program: string): string {
    const file = join(this.folder, `${program}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Ends the API server as a crash does. */
  async killApiServer(): Promise<void> {
    await this.#programs.get('kube-apiserver')?.stop('SIGKILL');
  }

  /** Starts the API server again on the same port, and waits until it is ready. */
  async restartApiServer(): Promise<void> {
    await this.killApiServer();
    this.#run('kube-apiserver', this.#commands.get('kube-apiserver') ?? []);
    await this.#ready();
  }

  /** The server process stands still: connections stay open and silent. */
  pauseApiServer(): void {
    this.#programs.get('kube-apiserver')?.signal('SIGSTOP');
  }

  resumeApiServer(): void {
    this.#programs.get('kube-apiserver')?.signal('SIGCONT');
  }

  /** Compacts etcd up to now, so that every older resourceVersion is gone. */
  async compact(): Promise<void> {
    const post = async (path: string, body: unknown) =>
      (await (
        await fetch(`http://127.0.0.1:${this.#etcdPort}${path}`, { method: 'POST', body: JSON.stringify(body) })
      ).json()) as { header?: { revision?: string } };
    const range = await post('/v3/kv/range', { key: Buffer.from('compact').toString('base64') });
    await post('/v3/kv/compaction', { revision: range.header?.revision, physical: true });
  }

  async stop(): Promise<void> {
    this.resumeApiServer();
    await this.#removeVolumes();
    const order = ['kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd'];
    await Promise.all(order.slice(0, 3).map((name) => this.#programs.get(name)?.stop('SIGKILL')));
    await this.#programs.get('etcd')?.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
    process.off('exit', this.#abandon);
  }

  /** What is left to do when this process ends without `stop`. */
  readonly #abandon = () => {
    for (const program of this.#programs.values()) program.signal('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };

  /** The hostpath provisioner makes a folder for each volume, outside of ours, and nobody removes it. */
  async #removeVolumes(): Promise<void> {
    const answer = await this.admin.send('GET', '/api/v1/persistentvolumes').catch(() => undefined);
    const volumes = (answer?.body.items ?? []) as {
      readonly spec?: { readonly hostPath?: { readonly path?: string } };
    }[];
    for (const { spec } of volumes) {
      const path = spec?.hostPath?.path ?? '';
      if (path.startsWith('/tmp/hostpath_pv/')) rmSync(path, { recursive: true, force: true });
    }
  }

  async #start(
    options: ControlPlaneOptions,
    ports: { readonly api: number; readonly etcd: number; readonly peer: number },
  ): Promise<void> {
    const { api, etcd, peer } = ports;
    const serving = this.#authority.issue('apiserver', '/CN=kube-apiserver', true);
    const signingKey = this.#authority.signingKey();
    const tokens = join(this.folder, 'tokens.csv');
    writeFileSync(
      tokens,
      users.map((user) => `${this.token(user)},${user},${user}${user === 'admin' ? ',system:masters' : ''}\n`).join(''),
    );
    const etcdUrl = `http://127.0.0.1:${etcd}`;
    this.#run('etcd', [
      '--data-dir',
      options.dataDir ?? join(this.folder, 'etcd'),
      '--unsafe-no-fsync',
      '--listen-client-urls',
      etcdUrl,
      '--advertise-client-urls',
      etcdUrl,
      '--listen-peer-urls',
      `http://127.0.0.1:${peer}`,
      '--log-level',
      'warn',
    ]);
    this.#run('kube-apiserver', [
      '--etcd-servers',
      etcdUrl,
      '--bind-address',
      '127.0.0.1',
      '--secure-port',
      String(api),
      '--tls-cert-file',
      serving.certFile,
      '--tls-private-key-file',
      serving.keyFile,
      '--client-ca-file',
      this.#authority.caFile,
      '--token-auth-file',
      tokens,
      '--authorization-mode',
      'RBAC',
      '--service-account-issuer',
      this.server,
      '--service-account-key-file',
      signingKey,
      '--service-account-signing-key-file',
      signingKey,
      '--service-cluster-ip-range',
      '10.0.0.0/24',
      '--disable-admission-plugins',
      'ServiceAccount',
      '--allow-privileged=true',
      // Nobody needs the service `kubernetes`, and its endpoint may not be a loopback address.
      '--endpoint-reconciler-type',
      'none',
      ...(options.apiServerFlags ?? []),
    ]);
    await this.#ready();
    await setUpRights(this.admin);
    const kubeconfig = this.kubeconfig('admin', { file: 'controllers.kubeconfig' });
    const secure = ['--kubeconfig', kubeconfig, '--leader-elect=false', '--bind-address', '127.0.0.1'];
    if (options.controllerManager !== false) {
      this.#run('kube-controller-manager', [
        ...secure,
        '--secure-port',
        String(await freePort()),
        '--enable-hostpath-provisioner=true',
        '--controllers',
        '*,-nodeipam,-nodelifecycle',
        '--service-account-private-key-file',
        signingKey,
        '--pvclaimbinder-sync-period',
        '1s',
      ]);
    }
    if (options.scheduler) this.#run('kube-scheduler', [...secure, '--secure-port', String(await freePort())]);
  }

  #run(name: string, args: readonly string[]): void {
    this.#commands.set(name, args);
    this.#programs.set(
      name,
      new Program(join(controlPlaneBinaries() ?? '', name), args, join(this.folder, `${name}.log`)),
    );
  }

  async #ready(): Promise<void> {
    const program = this.#programs.get('kube-apiserver');
    await until('the API server is ready', 120_000, async () => {
      if (program?.exited) throw new Error('kube-apiserver has ended');
      return (await this.admin.send('GET', '/readyz').catch(() => undefined))?.status === 200;
    });
    await until(
      'the namespace default exists',
      60_000,
      async () => (await this.admin.send('GET', '/api/v1/namespaces/default')).status === 200,
    );
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
