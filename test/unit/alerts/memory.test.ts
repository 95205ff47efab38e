import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { accountsOf, keepAccounts, mergeAccounts } from '../../../src/alerts/accounts.ts';
import {
  type AlertMemory,
  emptyMemory,
  memoryFromJson,
  memoryToJson,
  pruned,
} from '../../../src/alerts/alertMemory.ts';
import { type Claim, due, type LedgerEntry, mergeLedgers, settleClaims } from '../../../src/alerts/ledger.ts';
import { coverOf, isSnoozable, silences, snoozeEnd, withSnooze } from '../../../src/alerts/snoozes.ts';
import type { ClaimEvidence } from '../../../src/domain/claimEvidence.ts';
import type { BudgetEpisode, Episode } from '../../../src/domain/episode.ts';
import { claimEpisode, claimNamed, spaceEvidence } from '../../support/claimEpisodes.ts';

const day = 86_400_000;
const nowMs = Date.UTC(2026, 5, 1);
const episode: BudgetEpisode = {
  kind: 'budget',
  key: 'k',
  contextName: 'kind-dev',
  contextLabel: 'dev',
  demo: false,
  subject: 'total',
  budgetBytes: 2n ** 62n + 1n,
  claimedBytes: 2n ** 62n + 3n,
  latest: { namespace: 'shop', name: 'data-db-1', deltaBytes: 2n ** 61n + 1n },
  counted: { names: new Set(['shop']), uncounted: 1, unnamed: false },
  openedMs: nowMs - day,
  changedMs: nowMs - day,
  changes: 1,
  shown: true,
};

function keyOf(part: unknown): unknown {
  if (Array.isArray(part)) return part[0];
  const { key, episodeKey } = part as { key?: string; episodeKey?: string };
  return key ?? episodeKey;
}

describe('alert memory', () => {
  const memory: AlertMemory = {
    episodes: [episode, { ...episode, key: 'closed', closedMs: nowMs - 1000 }],
    ledger: new Map([['k', { notice: { phase: 'opened', openedMs: nowMs - day, atMs: nowMs - day } }]]),
    snoozes: [
      { episodeKey: 'k', openedMs: nowMs - day, atMs: nowMs - 9, subject: 'total', contextLabel: 'dev' },
      {
        episodeKey: 'l',
        openedMs: nowMs - day,
        atMs: nowMs - 9,
        subject: 'class:gp3',
        contextLabel: 'dev',
        untilMs: nowMs + 5,
      },
    ],
  };

  it('keeps what is open, and what was said of it, rather than what is over', () => {
    const over = (_: unknown, index: number): Episode => ({
      ...episode,
      key: `over ${index}`,
      closedMs: nowMs,
      changedMs: nowMs,
    });
    const said = (openedMs: number) => ({ notice: { phase: 'opened', openedMs, atMs: openedMs } as const });
    const many = Array.from({ length: 700 }, over);
    const { openedMs } = episode;
    const ledger = new Map([[episode.key, said(openedMs)], ...many.map(({ key }) => [key, said(nowMs)] as const)]);
    const kept = pruned({ episodes: [...many, episode], ledger, snoozes: [] }, nowMs);
    assert.ok(kept.episodes.some(({ key }) => key === episode.key));
    assert.deepEqual(kept.ledger.get(episode.key), said(openedMs));
    assert.ok(kept.episodes.length < 700 && kept.ledger.size < 700);
  });

  it('survives as JSON, sizes exact', () => {
    assert.deepEqual(memoryFromJson(JSON.parse(JSON.stringify(memoryToJson(memory))), nowMs), memory);
  });

  it('keeps episodes of claims with their evidence, of many claims on one filesystem enough', () => {
    const evidences: readonly ClaimEvidence[] = [
      spaceEvidence({ predicted: -1, atMs: nowMs }),
      spaceEvidence({ rule: 'inodes', level: 'warning', subject: 'filesystem' }),
      { rule: 'lost', level: 'critical', claims: [claimNamed('shop/a')] },
      { rule: 'resizeInfeasible', level: 'warning', claims: [claimNamed('shop/a')] },
      {
        rule: 'volumeFailing',
        level: 'critical',
        volume: { uid: 'v', name: 'pv', phase: 'Failed' },
        claims: [claimNamed('shop/a')],
      },
    ];
    const at = { openedMs: nowMs - day, changedMs: nowMs - day };
    const episodes = evidences.map((evidence, index) => claimEpisode(evidence, { ...at, key: `${index}` }));
    const over = claimEpisode(undefined, { ...at, key: 'over', closedMs: nowMs, over: 'gone' });
    const written = { ...emptyMemory, episodes: [...episodes, over] };
    const read = memoryFromJson(JSON.parse(JSON.stringify(memoryToJson(written))), nowMs);
    assert.deepEqual(read.episodes, written.episodes);
    const claims = Array.from({ length: 200 }, (_, index) => claimNamed(`nfs/${index}`));
    const large = { ...emptyMemory, episodes: [claimEpisode(spaceEvidence({ claims }), at)] };
    const [kept] = memoryFromJson(memoryToJson(large), nowMs).episodes;
    assert.ok(kept?.kind === 'claim');
    assert.deepEqual(kept.evidence.claims, claims.slice(0, 50));
  });

  it('forgets an open episode of a claim after months: nobody may be left to end it', () => {
    const open = claimEpisode(undefined, { openedMs: nowMs, changedMs: nowMs });
    const json = memoryToJson({ ...emptyMemory, episodes: [open] });
    assert.equal(memoryFromJson(json, nowMs + 80 * day).episodes.length, 1);
    assert.equal(memoryFromJson(json, nowMs + 100 * day).episodes.length, 0);
  });

  it('forgets what has not changed for months, and snoozes that are over, but no open episode', () => {
    const more = {
      ...memory,
      ledger: new Map([
        ...memory.ledger,
        ['closed', { notice: { phase: 'closed', openedMs: nowMs - day, atMs: nowMs } }],
      ]),
    };
    const later = memoryFromJson(memoryToJson(more as AlertMemory), nowMs + 120 * day);
    assert.deepEqual(
      [later.episodes, later.ledger, later.snoozes].map((part) => [...part].map(keyOf)),
      [['k'], ['k'], []],
    );
  });

  it('keeps for a while a snooze until back to normal', () => {
    assert.deepEqual(memoryFromJson(memoryToJson(memory), nowMs + 80 * day).snoozes.map(keyOf), ['k']);
  });

  it('lets nothing that was written while the clock was ahead live for ever', () => {
    const aheadMs = nowMs + 5000 * day;
    const ahead: AlertMemory = {
      episodes: [{ ...episode, openedMs: aheadMs, changedMs: aheadMs, closedMs: aheadMs }],
      ledger: new Map([['k', { notice: { phase: 'opened', openedMs: aheadMs, atMs: aheadMs } }]]),
      snoozes: [{ episodeKey: 'k', openedMs: aheadMs, atMs: aheadMs, subject: 'total', contextLabel: 'dev' }],
    };
    const read = memoryFromJson(memoryToJson(ahead), nowMs);
    assert.deepEqual(
      [read.episodes[0]?.openedMs, read.ledger.get('k')?.notice?.openedMs],
      [aheadMs, aheadMs],
      'by which they are known',
    );
    const later = memoryFromJson(memoryToJson(read), nowMs + 120 * day);
    assert.deepEqual([later.episodes.length, later.ledger.size, later.snoozes.length], [0, 0, 0]);
  });

  it('keeps nothing of the demo cluster, which is another one each time', () => {
    assert.deepEqual(pruned({ ...memory, episodes: [{ ...episode, demo: true }] }, nowMs).episodes, []);
  });

  it('keeps a bounded number, the newest', () => {
    const episodes = Array.from({ length: 600 }, (_, index) => ({
      ...episode,
      key: `${index}`,
      changedMs: nowMs + index,
    }));
    const { episodes: kept } = pruned({ ...memory, episodes }, nowMs);
    assert.deepEqual([kept.length, kept[0]?.key], [500, '599']);
  });

  it('is empty for another version', () => {
    assert.deepEqual(memoryFromJson({ ...memoryToJson(memory), version: 2 }, nowMs).episodes, []);
  });

  it('never throws, whatever was stored', () => {
    fc.assert(fc.property(fc.anything(), (value) => memoryFromJson(value, nowMs).episodes.length === 0));
    const field = fc.constantFrom('episodes', 'ledger', 'snoozes');
    fc.assert(
      fc.property(field, fc.anything(), (name, value) => {
        memoryFromJson({ ...memoryToJson(memory), [name]: value }, nowMs);
      }),
    );
  });
});

describe('ledger', () => {
  const entry = (phase: 'opened' | 'closed', openedMs: number): LedgerEntry => ({
    notice: { phase, openedMs, atMs: 110 },
  });
  const opened = { ...episode, openedMs: 100 };
  const closed = { ...opened, closedMs: 200 };
  const cases: [what: string, episode: Episode, entry: LedgerEntry | undefined, due: string | undefined][] = [
    ['an opening nobody knows of', opened, undefined, 'opened'],
    ['an opening that is outstanding', opened, entry('opened', 100), undefined],
    ['an opening after an older closing', opened, entry('closed', 90), 'opened'],
    ['an opening while an older one is outstanding', opened, entry('opened', 90), 'opened'],
    ['an opening while one of before the clock was set back is outstanding', opened, entry('opened', 300), 'opened'],
    ['an opening that another window has already seen close', opened, entry('closed', 100), undefined],
    ['a silent opening', { ...opened, shown: false }, undefined, undefined],
    ['a closing of an opening that was told', closed, entry('opened', 100), 'closed'],
    ['a closing that came by a change of the user', { ...closed, shown: false }, entry('opened', 100), undefined],
    ['a closing of an opening that was not told', closed, undefined, undefined],
    ['a closing that was told', closed, entry('closed', 100), undefined],
    ['a closing older than the opening of the next one', closed, entry('opened', 300), undefined],
  ];
  for (const [what, subject, known, expected] of cases)
    it(`${expected ?? 'nothing'} is due for ${what}`, () => assert.equal(due('notice', subject, known), expected));

  it('grants a claim once', () => {
    const claim: Claim = { deed: 'notice', episode: opened, phase: 'opened', atMs: 110 };
    const first = settleClaims(new Map(), [claim]);
    assert.deepEqual(first.granted, [claim]);
    assert.deepEqual(settleClaims(first.ledger, [claim]).granted, []);
  });

  it('lets a silent claim stand for what nobody is told, unless somebody was', () => {
    const claim: Claim = { deed: 'notice', episode: opened, phase: 'opened', atMs: 110, silent: true };
    const silenced = settleClaims(new Map(), [claim]).ledger;
    assert.equal(due('notice', opened, silenced.get('k')), undefined);
    assert.equal(due('notice', { ...closed, closedMs: 300 }, silenced.get('k')), undefined);
    const told = new Map([['k', entry('opened', 100)]]);
    assert.deepEqual(settleClaims(told, [claim]).ledger, told);
    const older = new Map([['k', entry('closed', 90)]]);
    assert.equal(due('notice', opened, settleClaims(older, [claim]).ledger.get('k')), undefined);
  });

  it('lets a silent claim stand for an end nobody is told', () => {
    const claim: Claim = { deed: 'notice', episode: closed, phase: 'closed', atMs: 210, silent: true };
    const { ledger, granted } = settleClaims(new Map([['k', entry('opened', 100)]]), [claim]);
    assert.deepEqual([granted.length, due('notice', closed, ledger.get('k'))], [1, undefined]);
  });

  it('merges to the later word about an episode, and else to the second, whatever the clock said', () => {
    const merged = mergeLedgers(
      new Map([
        ['k', entry('closed', 5)],
        ['m', entry('closed', 500)],
      ]),
      new Map([
        ['k', entry('opened', 5)],
        ['l', entry('opened', 1)],
        ['m', entry('opened', 1)],
      ]),
    );
    assert.deepEqual(
      [...merged],
      [
        ['k', entry('closed', 5)],
        ['m', entry('opened', 1)],
        ['l', entry('opened', 1)],
      ],
    );
  });
});

describe('accounts of episodes', () => {
  const first: Episode = { ...episode, openedMs: 100, changedMs: 100 };
  const second: Episode = { ...first, openedMs: 103, changedMs: 103 };
  const closed: Episode = { ...first, changes: 2, changedMs: 200, closedMs: 200 };
  const kept = (known: Episode, seen: Episode) => keepAccounts(accountsOf([known]), [seen]).get('k');

  it('take what two windows open a moment apart for one', () => assert.equal(kept(first, second), first));
  it('take news for it where the other was silent', () =>
    assert.equal(kept({ ...first, shown: false }, second), second));
  it('take the later account of one episode, also when the clock was set back', () => {
    const back = { ...closed, changedMs: 50, closedMs: 50 };
    assert.equal(kept(first, back), back);
    assert.equal(kept(back, first), back);
  });
  it('take the next episode after one that has closed, also when the clock was set back', () => {
    const next = { ...first, openedMs: 20, changedMs: 20 };
    assert.equal(kept(closed, next), next);
  });
  it('merge to the second, except to less of the same', () => {
    const merged = (a: Episode, b: Episode) => mergeAccounts(accountsOf([a]), accountsOf([b])).get('k');
    assert.equal(merged(closed, first), closed);
    assert.equal(merged(closed, second), second);
  });
});

describe('snooze', () => {
  it('is offered for an episode, and for nothing else that a command may be given', () => {
    assert.equal(isSnoozable(episode), true);
    fc.assert(fc.property(fc.anything(), (value) => !isSnoozable(value)));
    for (const name of ['key', 'openedMs', 'subject', 'contextLabel'])
      assert.equal(isSnoozable({ ...episode, [name]: undefined }), false);
  });

  it('of a filesystem holds whichever of its claims is named, and for nothing else', () => {
    const nfs = 'filesystem ["nfs.csi.k8s.io","nfs",40]';
    const key = (subject: string, rule = 'bytes critical 0.03') => `["c","dev","claim"] ${rule} ${subject}`;
    const [a, b] = ['shop/a', 'shop/b'].map((path) =>
      claimEpisode(spaceEvidence({ subject: 'filesystem', claims: [claimNamed(path)] }), { key: key(nfs) }),
    );
    assert.ok(a && b);
    const set = { atMs: nowMs, untilMs: nowMs + day, cover: coverOf(a, 'subject') };
    const [snooze] = withSnooze([], a, set);
    assert.ok(snooze);
    assert.deepEqual(
      [b, { ...b, key: key(nfs, 'inodes warning 0.15') }, { ...a, key: key('claim uid-shop/a') }].map((each) =>
        silences(snooze, each),
      ),
      [true, true, false],
    );
  });

  it('of today ends at the next local midnight', () => {
    const end = new Date(snoozeEnd('today', new Date(2026, 4, 3, 17, 30).getTime()) ?? 0);
    assert.deepEqual([end.getDate(), end.getHours(), end.getMinutes()], [4, 0, 0]);
  });
});
