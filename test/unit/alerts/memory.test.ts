import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type AlertMemory, memoryFromJson, memoryToJson, pruned } from '../../../src/alerts/alertMemory.ts';
import { type Claim, due, type LedgerEntry, mergeLedgers, settleClaims } from '../../../src/alerts/ledger.ts';
import { snoozeEnd } from '../../../src/alerts/snoozes.ts';
import type { Episode } from '../../../src/domain/episode.ts';

const day = 86_400_000;
const nowMs = Date.UTC(2026, 5, 1);
const episode: Episode = {
  key: 'k',
  contextName: 'kind-dev',
  contextLabel: 'dev',
  demo: false,
  subject: 'total',
  budgetBytes: 2n ** 62n + 1n,
  claimedBytes: 2n ** 62n + 3n,
  counted: { names: new Set(['shop']), uncounted: 1, unnamed: false },
  openedMs: nowMs - day,
  changedMs: nowMs - day,
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
    ledger: new Map([['k', { notice: { phase: 'opened', atMs: nowMs - day } }]]),
    snoozes: [
      { episodeKey: 'k', subject: 'total', contextLabel: 'dev' },
      { episodeKey: 'l', subject: 'class:gp3', contextLabel: 'dev', untilMs: nowMs + 5 },
    ],
  };

  it('survives as JSON, sizes exact', () => {
    assert.deepEqual(memoryFromJson(JSON.parse(JSON.stringify(memoryToJson(memory))), nowMs), memory);
  });

  it('forgets what has not changed for months, and snoozes that are over, but no open episode', () => {
    const more = {
      ...memory,
      ledger: new Map([...memory.ledger, ['closed', { notice: { phase: 'closed', atMs: nowMs } }]]),
    };
    const later = memoryFromJson(memoryToJson(more as AlertMemory), nowMs + 120 * day);
    assert.deepEqual(
      [later.episodes, later.ledger, later.snoozes].map((part) => [...part].map(keyOf)),
      [['k'], ['k'], ['k']],
    );
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
  const entry = (phase: 'opened' | 'closed', atMs: number): LedgerEntry => ({ notice: { phase, atMs } });
  const closed = { ...episode, closedMs: 200 };
  const opened = { ...episode, openedMs: 100 };
  const cases: [what: string, episode: Episode, entry: LedgerEntry | undefined, due: string | undefined][] = [
    ['an opening nobody knows of', opened, undefined, 'opened'],
    ['an opening that is outstanding', opened, entry('opened', 90), undefined],
    ['an opening after an older closing', opened, entry('closed', 90), 'opened'],
    ['an opening that another window has already seen close', opened, entry('closed', 150), undefined],
    ['a silent opening', { ...opened, shown: false }, undefined, undefined],
    ['a closing of an opening that was told', closed, entry('opened', 150), 'closed'],
    ['a closing of an opening that was not told', closed, undefined, undefined],
    ['a closing that was told', closed, entry('closed', 210), undefined],
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
    const told = new Map([['k', entry('opened', 105)]]);
    assert.deepEqual(settleClaims(told, [claim]).ledger, told);
  });

  it('merges to the newer word', () => {
    const merged = mergeLedgers(
      new Map([['k', entry('opened', 5)]]),
      new Map([
        ['k', entry('closed', 4)],
        ['l', entry('opened', 1)],
      ]),
    );
    assert.deepEqual(
      [...merged],
      [
        ['k', entry('opened', 5)],
        ['l', entry('opened', 1)],
      ],
    );
  });
});

describe('snooze', () => {
  it('of today ends at the next local midnight', () => {
    const end = new Date(snoozeEnd('today', new Date(2026, 4, 3, 17, 30).getTime()) ?? 0);
    assert.deepEqual([end.getDate(), end.getHours(), end.getMinutes()], [4, 0, 0]);
  });
});
