import assert from 'node:assert/strict';
import type { Episode } from '../../../src/domain/episode.ts';
import type { Connection, StorageSnapshot } from '../../../src/domain/snapshot.ts';
import { viewBadge, viewDescription, viewIsBusy, welcomeReason } from '../../../src/presentation/welcome.ts';
import { heardMs, targetOf, type ViewSeed, viewOf } from '../../support/views.ts';

const error = { reason: 'unreachable', message: 'connection refused' } as const;
const unfinished = { reason: 'unfinished', message: 'not the whole list yet' } as const;
const at = (connection: Connection): ViewSeed => ({ snapshot: { connection, synced: false, heardMs: undefined } });
const failing = (server: string, remote?: string): ViewSeed => ({
  ...at({ state: 'failing', error }),
  target: targetOf({ server }),
  view: { remote },
});
const stale = (sinceMs: number, more: Partial<StorageSnapshot> = {}): ViewSeed => ({
  snapshot: { connection: { state: 'stale', sinceMs, error }, ...more },
});
const none = (reason: 'noKubeconfig' | 'noContext' | 'invalid'): ViewSeed => ({
  target: undefined,
  ...at({ state: 'none', reason, message: '' }),
});

const rows: [state: string, seed: ViewSeed, reason: string | undefined][] = [
  ['no kubeconfig', none('noKubeconfig'), 'noKubeconfig'],
  ['no context', none('noContext'), 'noKubeconfig'],
  ['a kubeconfig that cannot be used', none('invalid'), 'noKubeconfig'],
  ['waiting to be asked to connect', at({ state: 'idle' }), 'idle'],
  ['connecting', at({ state: 'connecting', sinceMs: 0 }), undefined],
  ['the first list arriving slowly', at({ state: 'failing', error: unfinished }), undefined],
  ['cannot connect', failing('https://10.0.0.1:6443'), 'cannotConnect'],
  ['cannot connect to this machine', failing('https://127.0.0.1:6443'), 'cannotConnect'],
  ['cannot connect to this machine in a container', failing('https://127.0.0.1:6443', 'container'), 'loopbackRemote'],
  ['localhost over SSH', failing('https://localhost:6443', 'SSH: build-1'), 'loopbackRemote'],
  ['::1 in WSL', failing('https://[::1]:6443', 'WSL: Ubuntu'), 'loopbackRemote'],
  ['0.0.0.0 in a container', failing('https://0.0.0.0:6443', 'container'), 'loopbackRemote'],
  [
    'a server on this machine that answers and refuses, in a container',
    {
      ...failing('https://127.0.0.1:6443', 'container'),
      ...at({ state: 'failing', error: { reason: 'unauthorized', message: 'refused' } }),
    },
    'cannotConnect',
  ],
  ['a name that begins like localhost', failing('https://localhost.example:6443', 'container'), 'cannotConnect'],
  ['another machine over SSH', failing('https://10.0.0.1:6443', 'SSH: build-1'), 'cannotConnect'],
  ['sign in', at({ state: 'signIn', error }), 'signIn'],
  ['no permission', at({ state: 'forbidden', error }), 'noPermission'],
  ['untrusted workspace', at({ state: 'untrusted', error }), 'untrusted'],
  ['live, not listed yet', { snapshot: { synced: false } }, undefined],
  ['live, no claims', {}, 'noClaims'],
  ['live, no claims, empty namespaces hidden', { access: { shop: 'ok' } }, 'noClaims'],
  ['live, claims', { claims: ['shop/a 1Gi'] }, undefined],
  ['lost just now, no claims', stale(heardMs - 14_999), 'noClaims'],
  ['lost for a while, no claims', stale(heardMs - 15_000), 'cannotConnect'],
  [
    'lost over SSH on localhost, no claims',
    { ...failing('https://localhost:6443', 'SSH: a'), ...stale(0) },
    'loopbackRemote',
  ],
  ['lost before all was listed', stale(heardMs, { synced: false }), 'cannotConnect'],
];

/** Rows are worth more than a welcome in their place. */
const withRows: [state: string, seed: ViewSeed][] = [
  ['empty namespaces shown', { access: { shop: 'ok' }, view: { showEmptyNamespaces: true } }],
  ['namespaces without access', { access: { dark: 'forbidden' } }],
  ['a sign-in, last values kept', { claims: ['shop/a 1Gi'], snapshot: { connection: { state: 'signIn', error } } }],
  ['a stop, last values kept', { claims: ['shop/a 1Gi'], snapshot: { connection: { state: 'forbidden', error } } }],
];

describe('welcome', () => {
  for (const [state, seed, reason] of rows)
    it(`${state}: ${reason ?? 'none'}`, () => assert.equal(welcomeReason(viewOf(seed), heardMs), reason));

  for (const [state, seed] of withRows)
    it(`gives way to rows: ${state}`, () => assert.equal(welcomeReason(viewOf(seed), heardMs), undefined));
});

describe('view description', () => {
  const descriptions: [seed: ViewSeed, text: string][] = [
    [none('noContext'), ''],
    [{}, 'kind-dev'],
    [{ view: { pinned: true } }, 'kind-dev (pinned)'],
    [{ target: targetOf({ contextName: 'gke_p_z_shop-eu' }), view: { pinned: true } }, 'shop-eu (pinned)'],
    [{ view: { contextLabel: 'PROD' } }, 'PROD'],
    [{ target: targetOf({ contextName: 'demo', demo: true }) }, 'demo'],
    [{ target: targetOf({ contextName: 'a\u202eb\n' }) }, 'a b'],
  ];
  for (const [seed, text] of descriptions) it(`is '${text}'`, () => assert.equal(viewDescription(viewOf(seed)), text));
});

describe('view badge', () => {
  const episode: Episode = {
    kind: 'budget',
    key: 'k',
    contextName: 'kind-dev',
    contextLabel: 'kind-dev',
    demo: false,
    subject: 'total',
    budgetBytes: 1n,
    claimedBytes: 2n,
    openedMs: 0,
    changedMs: 0,
    changes: 1,
    shown: true,
  };
  const badge = (open: readonly Episode[]) =>
    viewBadge(viewOf({ view: { alerts: { open, recent: [], snoozes: [], defaultSuspended: false } } }));

  it('counts open episodes, and is not there without one', () => {
    assert.equal(badge([]), undefined);
    assert.deepEqual(badge([episode]), { value: 1, tooltip: '1 budget exceeded' });
    assert.deepEqual(badge([episode, episode]), { value: 2, tooltip: '2 budgets exceeded' });
  });

  for (const [what, connection, busy] of [
    ['connecting', { state: 'connecting', sinceMs: 0 }, true],
    ['a first list that is arriving', { state: 'failing', error: unfinished }, true],
    ['a failure', { state: 'failing', error }, false],
    ['a live watch', { state: 'live', sinceMs: 0 }, false],
  ] as const)
    it(`is ${busy ? '' : 'not '}busy with ${what}`, () => assert.equal(viewIsBusy(viewOf(at(connection))), busy));
});
