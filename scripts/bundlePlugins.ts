import { basename, dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * What client-node pulls in at load but never reaches here, and the names it imports from there: its own reading of
 * kubeconfig files, its credential plugins and its proxy agents. A call says which package is missing.
 */
const unused: Readonly<Record<string, readonly string[]>> = {
  'js-yaml': ['load', 'loadAll', 'dump'],
  'jsonpath-plus': ['JSONPath'],
  'openid-client': ['discovery', 'refreshTokenGrant'],
  socks: ['SocksClient'],
  'socks-proxy-agent': ['SocksProxyAgent'],
  hpagent: ['HttpProxyAgent', 'HttpsProxyAgent'],
};

/** All that client-node uses of undici. Its main entry would load twice as much. */
const undici = {
  Agent: 'undici/lib/dispatcher/agent.js',
  ProxyAgent: 'undici/lib/dispatcher/proxy-agent.js',
};

/** Only typed calls need it, and to load it takes as long as all else that is sent with. */
const fetchAtTheFirstCall = `
  export function fetch(...request) {
    return require('undici/lib/web/fetch/index.js').fetch(...request);
  }
`;

/** HTTP/2 is never spoken (one dead socket would stall every watch), so it is not loaded either. */
const noHttp2 = `module.exports = function () { throw new Error('HTTP/2 is not part of this bundle'); };`;

/** All that client-node's KubeConfig uses of its generated part, which is a class per Kubernetes kind and takes seconds to parse. */
const generated = `
  export { createConfiguration } from './gen/configuration.js';
  export { ServerConfiguration } from './gen/servers.js';
`;

/** At load, the original gives the whole process another dispatcher, and with it the `fetch` of every other extension. */
const noGlobalDispatcher = `module.exports = {
  getGlobalDispatcher() { throw new Error('no global dispatcher'); },
  setGlobalDispatcher() {},
  installedExports: [],
};`;

/** Makes the client stack small and keeps it to itself. */
export const clientStack: Plugin = {
  name: 'client-stack',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, importer }) => {
      if (!importer.includes('client-node')) return undefined;
      if (path === 'undici') return { path, namespace: 'undici-parts', sideEffects: false };
      return path in unused ? { path, namespace: 'unused', sideEffects: false } : undefined;
    });
    build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ path, importer }) =>
      importer.includes('client-node')
        ? { path, namespace: 'generated-parts', pluginData: dirname(importer) }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'generated-parts' }, ({ pluginData }) => ({
      contents: generated,
      resolveDir: String(pluginData),
    }));
    build.onLoad({ filter: /.*/, namespace: 'undici-parts' }, () => ({
      contents: Object.entries(undici)
        .map(([name, path]) => `export { default as ${name} } from '${path}';`)
        .concat(fetchAtTheFirstCall)
        .join('\n'),
      resolveDir: build.initialOptions.absWorkingDir ?? '.',
    }));
    build.onResolve({ filter: /^undici\/lib\//, namespace: 'undici-parts' }, async ({ path, kind, resolveDir }) => ({
      ...(await build.resolve(path, { kind, resolveDir })),
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: (unused[path] ?? [])
        .map((name) => `exports.${name} = function () { throw new Error('${path} is not part of this bundle'); };`)
        .join('\n'),
    }));
    build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]global\.js$/ }, () => ({ contents: noGlobalDispatcher }));
    build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({ contents: noHttp2 }));
    // An experimental parser, off by default; `define` keeps it off.
    build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]milo[\\/].*\.js$/ }, () => ({
      contents: 'exports.setup = undefined;',
    }));
  },
};

/** Dynamic imports of the entries of other bundles become a `require` of the file next to this one. */
export function onDemand(bundles: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'on-demand',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
        if (args.kind !== 'dynamic-import') return undefined;
        const name = Object.keys(bundles).find((each) => basename(bundles[each] ?? '') === basename(args.path));
        return name === undefined ? undefined : { path: `./${name}.cjs`, external: true };
      });
    },
  };
}
