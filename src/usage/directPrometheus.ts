import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type ProxySources, proxyFor } from '../cluster/proxy.ts';
import type { PrometheusAccess, PrometheusChoice } from '../domain/prometheusPlace.ts';
import { connectTo } from './directConnection.ts';
import type { PrometheusOptions } from './prometheus.ts';

const setting = 'pvcwatch.usage.prometheus';

export interface DirectWay {
  /** What it wants to know who asks, by its address; asked at each request. */
  readonly access: (url: string) => Promise<PrometheusAccess>;
  readonly proxies: ProxySources;
  readonly log: Log;
  readonly clock: Clock;
}

/** The way to a Prometheus with a URL, until it is disposed; nothing for one that is behind the API server. */
export function directWay(
  { place, caFile }: PrometheusChoice,
  { access, proxies, log, clock }: DirectWay,
): Pick<PrometheusOptions, 'direct' | 'headers'> & { readonly lifetime: DisposableStore } {
  const lifetime = new DisposableStore();
  if (place?.kind !== 'url') return { lifetime };
  const { url } = place;
  const proxy = proxyFor(url, undefined, proxies, url);
  // One that is wrong is an answer, and never a reason to go past it.
  if (!proxy.ok) return { lifetime, direct: { json: async () => proxy } };
  const token = async () => {
    const kept = await access(url);
    // Names of headers have no case, and two of them are refused: the one that was written out counts.
    const isWritten = Object.keys(kept.headers ?? {}).some((name) => name.toLowerCase() === 'authorization');
    return isWritten ? undefined : kept.token;
  };
  const headers = async () => (await access(url)).headers;
  const direct = lifetime.add(connectTo({ url, setting, token, caFile, proxy: proxy.value }, log, clock));
  return { lifetime, direct, headers };
}
