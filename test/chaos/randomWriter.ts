import type { AdminAnswer, AdminClient } from '../support/adminClient.ts';

const namespaces = ['chaos-a', 'chaos-b', 'chaos-c'];
const names = ['data-0', 'data-1', 'data-2', 'cache', 'media', 'logs', 'scratch', 'backup'];
/** A tide lasts so long: most claims come while it rises and go while it falls, so that the budget is crossed now and then. */
const tideMs = 20_000;
const merge = 'application/merge-patch+json';

/** What it does with claims, and how often while the tide rises and falls. */
const deeds = [
  { deed: 'create', rising: 10, falling: 3 },
  { deed: 'resize', rising: 4, falling: 1 },
  { deed: 'status', rising: 3, falling: 3 },
  { deed: 'delete', rising: 2, falling: 9 },
  { deed: 'recreate', rising: 2, falling: 2 },
  { deed: 'namespace', rising: 0.15, falling: 0.3 },
] as const;

type Deed = (typeof deeds)[number]['deed'];

/**
 * Changes claims at random, straight at the API server.
 *
 * Which deed, where and how big comes from `random`; what is refused (a name that is taken, a namespace that is going) and what
 * finds no server is simply not done.
 */
export class RandomWriter {
  /** What was done, by deed. */
  readonly done = new Map<string, number>();
  readonly #admin: AdminClient;
  readonly #random: () => number;
  readonly #startMs = performance.now();
  #ended = false;
  #resting: Promise<void> | undefined;
  #wake = () => {};
  #running: Promise<void> = Promise.resolve();
  #busy: Promise<void> = Promise.resolve();

  constructor(admin: AdminClient, random: () => number) {
    this.#admin = admin;
    this.#random = random;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Stops until `resume`; settles when what is under way is done. */
  async pause(): Promise<void> {
    this.#resting ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    await this.#busy;
  }

  resume(): void {
    this.#resting = undefined;
    this.#wake();
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.resume();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      await this.#resting;
      if (this.#ended) return;
      this.#busy = this.#write();
      await this.#busy;
      await new Promise((resolve) => setTimeout(resolve, this.#random() * 150));
    }
  }

  async #write(): Promise<void> {
    const deed = this.#choose();
    const namespace = this.#oneOf(namespaces);
    const name = this.#oneOf(names);
    const size = `${1 + Math.floor(this.#random() * 8)}Gi`;
    try {
      const answer = await this.#do(deed, namespace, name, size);
      if (answer.status < 300) this.done.set(deed, (this.done.get(deed) ?? 0) + 1);
    } catch {
      // There is no server at the moment.
    }
  }

  #choose(): Deed {
    const rising = Math.floor((performance.now() - this.#startMs) / tideMs) % 2 === 0;
    const weightOf = (each: (typeof deeds)[number]) => (rising ? each.rising : each.falling);
    let rest = this.#random() * deeds.reduce((sum, each) => sum + weightOf(each), 0);
    for (const each of deeds) {
      rest -= weightOf(each);
      if (rest < 0) return each.deed;
    }
    return 'create';
  }

  async #do(deed: Deed, namespace: string, name: string, size: string): Promise<AdminAnswer> {
    const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
    const claim = `${claims}/${name}`;
    switch (deed) {
      case 'create':
        return await this.#create(namespace, name, size);
      case 'resize':
        return await this.#admin.send('PATCH', claim, { spec: { resources: { requests: { storage: size } } } }, merge);
      case 'status':
        return await this.#admin.send('PATCH', `${claim}/status`, { status: this.#status(size) }, merge);
      case 'delete':
        return await this.#admin.send('DELETE', claim);
      case 'recreate':
        await this.#admin.send('DELETE', claim);
        return await this.#create(namespace, name, size);
      case 'namespace':
        return await this.#admin.send('DELETE', `/api/v1/namespaces/${namespace}`);
    }
  }

  async #create(namespace: string, name: string, size: string): Promise<AdminAnswer> {
    const storageClassName = this.#random() < 0.8 ? 'standard' : 'waiting';
    const answer = await this.#admin.send('POST', `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } }, storageClassName },
    });
    if (answer.status === 404) await this.#admin.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    return answer;
  }

  /** As the external-resizer writes it while a volume grows, and when it has. */
  #status(size: string): unknown {
    if (this.#random() < 0.5) return { allocatedResources: null, allocatedResourceStatuses: null };
    return {
      allocatedResources: { storage: size },
      allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
      conditions: [{ type: 'Resizing', status: 'True', reason: 'chaos', message: size }],
    };
  }

  #oneOf(choices: readonly string[]): string {
    return choices[Math.floor(this.#random() * choices.length)] ?? '';
  }
}
