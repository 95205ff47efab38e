import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { toDisposable } from '../../../src/base/disposable.ts';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import { Probe } from '../../../src/cluster/probe.ts';
import { WatchAttempt } from '../../../src/cluster/watchAttempt.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { noCredential, targetAt } from './reflectorHarness.ts';

/** What a quiet watch waits for before it counts. */
const standingMs = 5_000;

describe('watch attempt', () => {
  let server: FakeApiServer;
  let connection: Connection;
  beforeEach(async () => {
    server = await FakeApiServer.start();
    connection = new Connection(targetAt(server.url), noCredential, silentLog);
  });
  afterEach(async () => {
    connection.dispose();
    await server.close();
  });

  for (const [what, stopped] of [
    ['that it stands when its time comes', false],
    ['nothing when its time comes just after it was stopped', true],
  ] as const)
    it(`tells ${what}`, async () => {
      server.handler = (exchange) => exchange.begin();
      const due: (() => void)[] = [];
      const clock: Clock = {
        ...systemClock,
        after: (ms, task) => {
          if (ms === standingMs) due.push(task);
          return toDisposable(() => {});
        },
      };
      const stop = new AbortController();
      let told = 0;
      const attempt = new WatchAttempt({
        collection: { kind: claims },
        connection,
        probe: new Probe(connection, clock),
        clock,
        random: () => 0.5,
        interner: new Interner(),
        listener: { opened: () => told++, changed: () => true, reached: () => {}, bookmarked: () => false },
      });
      const outcome = attempt.run('5', 'background', stop.signal);
      // The first timer of five seconds is the one that looks for silence.
      await eventually('the watch has begun', () => due.length >= 2);
      if (stopped) stop.abort();
      due.at(-1)?.();
      assert.equal(told, stopped ? 0 : 1);
      stop.abort();
      assert.equal((await outcome).end, 'again');
    });
});
