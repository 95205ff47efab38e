import { until } from '../support/until.ts';
import type { Json, RawClient } from './rawClient.ts';

export const waitMs = 60_000;
export const mergeType = 'application/merge-patch+json';

/** Paths and writes in one namespace that a part of the contract has for itself. */
export class ContractNamespace {
  readonly name: string;
  readonly #client: RawClient;

  constructor(client: RawClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  static async create(client: RawClient): Promise<ContractNamespace> {
    const name = `contract-${Math.random().toString(36).slice(2, 8)}`;
    await client.must('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
    return new ContractNamespace(client, name);
  }

  path(name = ''): string {
    return `/api/v1/namespaces/${this.name}/persistentvolumeclaims${name === '' ? '' : `/${name}`}`;
  }

  async create(name: string, size = '1Gi', more: ClaimMore = {}): Promise<Json> {
    return await this.#client.must('POST', this.path(), { body: claim(name, size, more) });
  }

  async patch(name: string, body: Json): Promise<Json> {
    return await this.#client.must('PATCH', this.path(name), { body, contentType: mergeType });
  }

  async resize(name: string, size: string): Promise<Json> {
    return await this.patch(name, { spec: { resources: { requests: { storage: size } } } });
  }

  async delete(name: string): Promise<void> {
    await this.#client.must('DELETE', this.path(name));
  }

  async gone(name: string): Promise<void> {
    await until(`${name} is gone`, waitMs, async () => (await this.#client.get(this.path(name))).status === 404);
  }

  /** Creates a claim of the default class and waits for its volume. */
  async bound(name: string, size = '1Gi', more: ClaimMore = {}): Promise<Json> {
    await this.create(name, size, more);
    return await until(`${name} is bound`, waitMs, async () => {
      const { body } = await this.#client.get(this.path(name));
      return text(body, 'status.phase') === 'Bound' ? body : undefined;
    });
  }

  async resourceVersion(): Promise<string> {
    return text((await this.#client.get(`${this.path()}?limit=1`)).body, 'metadata.resourceVersion');
  }
}

interface ClaimMore {
  readonly labels?: Readonly<Record<string, string>>;
  readonly storageClass?: string;
}

export function claim(name: string, size: string, { labels, storageClass }: ClaimMore = {}): Json {
  return {
    metadata: { name, ...(labels ? { labels } : {}) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  };
}

export function pod(name: string, claimName: string): Json {
  return {
    metadata: { name },
    spec: {
      containers: [{ name: 'main', image: 'example.com/main:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    },
  };
}

/** The value at a dotted path. */
export function at(object: unknown, path: string): unknown {
  let value = object;
  for (const key of path.split('.')) value = (value as Json | undefined | null)?.[key];
  return value;
}

/** The string at a dotted path, '' when there is none. */
export function text(object: unknown, path: string): string {
  const value = at(object, path);
  return typeof value === 'string' ? value : '';
}

export function items(list: Json): readonly Json[] {
  return (list.items ?? []) as readonly Json[];
}

export function names(list: Json): readonly string[] {
  return items(list).map((item) => text(item, 'metadata.name'));
}
