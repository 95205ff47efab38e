import assert from 'node:assert/strict';
import type { Connection } from '../../../src/domain/snapshot.ts';
import { viewMessage } from '../../../src/presentation/welcome.ts';
import { heardMs, targetOf, type ViewSeed, viewOf } from '../../support/views.ts';

const error = { reason: 'unreachable', message: 'connection\nrefused' } as const;
const lost: Connection = { state: 'stale', sinceMs: heardMs, error };
const rows: ViewSeed = { claims: ['shop/a 1Gi'] };

const messages: [what: string, seed: ViewSeed, afterMs: number, message: string | undefined][] = [
  ['rows of a live cluster', rows, 0, undefined],
  [
    'the demo cluster',
    { ...rows, target: targetOf({ contextName: 'demo', demo: true }) },
    0,
    'Simulated on this machine',
  ],
  ['contact lost just now', { ...rows, snapshot: { connection: lost } }, 14_999, undefined],
  [
    'contact lost for a while',
    { ...rows, snapshot: { connection: lost } },
    15_000,
    'Last values, from 10 s ago: connection refused',
  ],
  [
    'contact lost for long',
    { ...rows, snapshot: { connection: lost } },
    14 * 60_000,
    'Last values, from 14 min ago: connection refused',
  ],
  [
    'a sign-in that is due',
    { ...rows, snapshot: { connection: { state: 'signIn', error } } },
    15_000,
    'Last values, from 10 s ago: connection refused',
  ],
  [
    'a connection being made',
    { ...rows, snapshot: { connection: { state: 'connecting', sinceMs: 0 } } },
    60_000,
    undefined,
  ],
  ['no rows', {}, 0, undefined],
  ['nothing complete yet', { ...rows, snapshot: { synced: false } }, 0, undefined],
  ['no cluster', { ...rows, target: undefined }, 0, undefined],
];

describe('view message', () => {
  for (const [what, seed, afterMs, message] of messages) {
    it(`for ${what} is ${message ?? 'none'}`, () =>
      assert.equal(viewMessage(viewOf(seed), heardMs + afterMs), message));
  }
});
