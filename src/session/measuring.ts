import { DisposableStore, toDisposable } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import { derive } from '../base/signal.ts';
import type { Readings } from '../domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { directWay } from '../usage/directPrometheus.ts';
import { Prometheus } from '../usage/prometheus.ts';
import { nothingKnown } from '../usage/usage.ts';
import { type Pace, UsageEngine } from '../usage/usageEngine.ts';
import { type Reader, readMounts, readVolumes } from './mountsOf.ts';
import type { MeasureOptions, Measuring } from './session.ts';
import type { SessionContext } from './sessionContext.ts';

/** Nobody waits minutes for what is simulated, and it costs no kubelet anything. */
const demoPace: Pace = { shortestMs: 15_000, longestMs: 20_000 };

/** Has the usage engine look at what a session shows, until it is disposed or the session ends. */
export function measure(
  context: SessionContext,
  snapshot: Signal<StorageSnapshot>,
  { source, prometheus, consent, known, access, proxies }: MeasureOptions,
): Measuring {
  const { connection, clock, log } = context;
  const own = new AbortController();
  const signal = AbortSignal.any([context.signal, own.signal]);
  const lifetime = new DisposableStore();
  const { place, matchers } = prometheus ?? { place: undefined, matchers: '' };
  const way = directWay(prometheus ?? { place, matchers }, { access, proxies, log, clock });
  lifetime.add(way.lifetime);
  const asked = new Prometheus({ context, matchers, place, direct: way.direct, headers: way.headers });
  const engine = new UsageEngine({
    context,
    source,
    prometheus: asked,
    ports: {
      claims: () => claimsOf(snapshot.value),
      pods: (each) => readMounts({ connection, signal: each }, snapshot.value),
      volumes: (each) => volumesNow(snapshot.value, { connection, signal: each }),
      consent,
    },
    pace: snapshot.value.target?.demo ? demoPace : undefined,
    known: { ...nothingKnown, readings: known ?? nothingKnown.readings },
  });
  const readings = lifetime.add(derive<Readings>([engine.usage], () => engine.usage.value.readings));
  lifetime.add(toDisposable(() => own.abort()));
  void engine.run(signal);
  return { readings, past: (nowMs) => asked.past(nowMs, signal), dispose: () => lifetime.dispose() };
}

/** Those that are followed; where nobody follows them they are read. */
async function volumesNow({ volumes }: StorageSnapshot, reader: Reader): Promise<ReadonlyMap<string, VolumeRecord>> {
  return volumes.state === 'live' ? volumes.items : await readVolumes(reader);
}

function* claimsOf({ namespaces }: StorageSnapshot): Generator<ClaimRecord> {
  for (const { claims } of namespaces.values()) yield* claims.values();
}
