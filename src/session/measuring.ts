import { DisposableStore, toDisposable } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import { derive } from '../base/signal.ts';
import type { Readings } from '../domain/reading.ts';
import type { ClaimRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { connectTo } from '../usage/directConnection.ts';
import { Prometheus } from '../usage/prometheus.ts';
import { nothingKnown } from '../usage/usage.ts';
import { UsageEngine } from '../usage/usageEngine.ts';
import { readMounts, readVolumes } from './mountsOf.ts';
import type { MeasureOptions, Measuring } from './session.ts';
import type { SessionContext } from './sessionContext.ts';

/** Has the usage engine look at what a session shows, until it is disposed or the session ends. */
export function measure(
  context: SessionContext,
  snapshot: Signal<StorageSnapshot>,
  { source, prometheus, consent, known }: MeasureOptions,
): Measuring {
  const { connection, clock, log } = context;
  const own = new AbortController();
  const signal = AbortSignal.any([context.signal, own.signal]);
  const lifetime = new DisposableStore();
  const place = prometheus?.place;
  const direct = place?.kind === 'url' ? lifetime.add(connectTo({ url: place.url }, log, clock)) : undefined;
  const engine = new UsageEngine({
    context,
    source,
    prometheus: new Prometheus({ context, matchers: prometheus?.matchers ?? '', place, direct }),
    ports: {
      claims: () => claimsOf(snapshot.value),
      pods: (each) => readMounts({ connection, signal: each }, snapshot.value),
      volumes: (each) => readVolumes({ connection, signal: each }),
      consent,
    },
    known: { ...nothingKnown, readings: known ?? nothingKnown.readings },
  });
  const readings = lifetime.add(derive<Readings>([engine.usage], () => engine.usage.value.readings));
  lifetime.add(toDisposable(() => own.abort()));
  void engine.run(signal);
  return { readings, dispose: () => lifetime.dispose() };
}

function* claimsOf({ namespaces }: StorageSnapshot): Generator<ClaimRecord> {
  for (const { claims } of namespaces.values()) yield* claims.values();
}
