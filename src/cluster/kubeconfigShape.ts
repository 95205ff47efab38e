import { objectOf } from '../wire/json.ts';

/** What a field has to be: a text, a yes or no, base64, a list, fields by name, or a map of anything with one shape. */
type Shape =
  | 'text'
  | 'flag'
  | 'base64'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly map: Shape };

/** A field that is not what kubectl takes there. `path` as a person would write it: `users[0].user.token`. */
export interface Misfit {
  readonly path: string;
  readonly wanted: string;
}

/**
 * The first field of a kubeconfig that has a wrong type; kubectl refuses the whole file then, so that a token written as
 * `1.50` without quotes is never sent as `1.5`. Absent and null fields are fine, unknown ones are not looked at
 * (client-go `clientcmd/api/v1`).
 */
export function misfitIn(config: unknown): Misfit | undefined {
  return misfit(config, kubeconfig, '');
}

const words = {
  text: 'a text: put it in quotes',
  flag: 'true or false, without quotes',
  base64: 'base64',
  list: 'a list',
  object: 'a group of fields',
};

function misfit(value: unknown, shape: Shape, path: string): Misfit | undefined {
  if (value === null || value === undefined) return undefined;
  if (shape === 'text') return typeof value === 'string' ? undefined : { path, wanted: words.text };
  if (shape === 'flag') return typeof value === 'boolean' ? undefined : { path, wanted: words.flag };
  if (shape === 'base64')
    return typeof value === 'string' && isBase64(value) ? undefined : { path, wanted: words.base64 };
  if ('list' in shape) {
    if (!Array.isArray(value)) return { path, wanted: words.list };
    return first(value.entries(), ([index, item]) => misfit(item, shape.list, `${path}[${index}]`));
  }
  const object = objectOf(value);
  if (!object || value instanceof Uint8Array) return { path, wanted: words.object };
  const below = path === '' ? '' : `${path}.`;
  if ('map' in shape) return first(Object.entries(object), ([key, item]) => misfit(item, shape.map, `${below}${key}`));
  return first(Object.entries(shape.fields), ([key, field]) =>
    Object.hasOwn(object, key) ? misfit(object[key], field, `${below}${key}`) : undefined,
  );
}

function first<T>(items: Iterable<T>, of: (item: T) => Misfit | undefined): Misfit | undefined {
  for (const item of items) {
    const found = of(item);
    if (found) return found;
  }
  return undefined;
}

/** As Go decodes it: line ends are skipped, padding is not optional. */
function isBase64(text: string): boolean {
  const bare = text.replace(/[\r\n]/g, '');
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}

const exec: Shape = {
  fields: {
    apiVersion: 'text',
    command: 'text',
    args: { list: 'text' },
    env: { list: { fields: { name: 'text', value: 'text' } } },
    installHint: 'text',
    interactiveMode: 'text',
    provideClusterInfo: 'flag',
  },
};

const cluster: Shape = {
  fields: {
    server: 'text',
    'tls-server-name': 'text',
    'insecure-skip-tls-verify': 'flag',
    'certificate-authority': 'text',
    'certificate-authority-data': 'base64',
    'proxy-url': 'text',
    'disable-compression': 'flag',
    extensions: { list: { fields: { name: 'text' } } },
  },
};

const user: Shape = {
  fields: {
    'client-certificate': 'text',
    'client-certificate-data': 'base64',
    'client-key': 'text',
    'client-key-data': 'base64',
    token: 'text',
    tokenFile: 'text',
    as: 'text',
    'as-uid': 'text',
    'as-groups': { list: 'text' },
    'as-user-extra': { map: { list: 'text' } },
    username: 'text',
    password: 'text',
    'auth-provider': { fields: { name: 'text', config: { map: 'text' } } },
    exec,
  },
};

const context: Shape = { fields: { cluster: 'text', user: 'text', namespace: 'text' } };

const kubeconfig: Shape = {
  fields: {
    kind: 'text',
    apiVersion: 'text',
    'current-context': 'text',
    clusters: { list: { fields: { name: 'text', cluster } } },
    contexts: { list: { fields: { name: 'text', context } } },
    users: { list: { fields: { name: 'text', user } } },
  },
};
