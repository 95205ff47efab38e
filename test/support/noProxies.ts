import type { ProxySources } from '../../src/cluster/proxy.ts';

/** Nothing names a proxy. */
export const noProxies: ProxySources = { env: {}, editor: { url: '', noProxy: [] } };
