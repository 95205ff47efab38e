import assert from 'node:assert/strict';
import type { AlertState, BudgetEpisode } from '../../../src/domain/episode.ts';
import { type AlertRow, alertRows } from '../../../src/presentation/alertRows.ts';
import { bytesOf } from '../../support/views.ts';

const minute = 60_000;
const nowMs = 10_000 * minute;

function episodeOf(more: Partial<BudgetEpisode> = {}): BudgetEpisode {
  return {
    kind: 'budget',
    key: 'k',
    contextName: 'shop-eu',
    contextLabel: 'shop-eu',
    demo: false,
    subject: 'total',
    budgetBytes: bytesOf('200Gi'),
    claimedBytes: bytesOf('210Gi'),
    openedMs: nowMs - 14 * minute,
    changedMs: 0,
    changes: 1,
    shown: true,
    ...more,
  };
}

function rowsOf(state: Partial<AlertState>): readonly AlertRow[] {
  return alertRows({ open: [], recent: [], snoozes: [], defaultSuspended: false, ...state }, nowMs);
}

const text = (rows: readonly AlertRow[]) => rows.map(({ label, description }) => `${label}: ${description}`);

describe('alert rows', () => {
  it('are none without alerts', () => assert.deepEqual(rowsOf({}), []));

  it('say what is open, how far over, and for how long', () => {
    const [section, ...others] = rowsOf({
      open: [episodeOf(), episodeOf({ key: 'l', subject: 'namespace:checkout' })],
    });
    assert.deepEqual(others, []);
    assert.deepEqual([section?.label, section?.description, section?.collapsible], ['Open', '2', 'expanded']);
    assert.deepEqual(text(section?.children ?? []), [
      'everything in scope: 105.0% · 210Gi of 200Gi · 14 min',
      'namespace checkout: 105.0% · 210Gi of 200Gi · 14 min',
    ]);
  });

  it('have the evidence of each below', () => {
    const latest = { namespace: 'shop', name: 'data-db-0', deltaBytes: bytesOf('90Gi') };
    const [section] = rowsOf({ open: [episodeOf({ latest })] });
    assert.deepEqual(text(section?.children[0]?.children ?? []), [
      'Opened: 14 min ago',
      'Claimed: 210Gi (105.0%)',
      'Budget: 200Gi',
      'Over budget by: 10Gi',
      'Latest growth: shop/data-db-0, +90Gi',
    ]);
  });

  it('keep what is snoozed apart, and say until when', () => {
    const open = [episodeOf(), episodeOf({ key: 'l', subject: 'class:gp3' })];
    const until = (untilMs?: number) => [
      { key: 'l', subject: 'class:gp3', ...(untilMs === undefined ? {} : { untilMs }) },
    ];
    const sections = rowsOf({ open, snoozes: until(nowMs + 40 * minute) });
    assert.deepEqual(
      sections.map(({ label, children }) => [label, ...text(children)]),
      [
        ['Open', 'everything in scope: 105.0% · 210Gi of 200Gi · 14 min'],
        ['Snoozed', 'class gp3: 105.0% · 210Gi of 200Gi · for another 40 min'],
      ],
    );
    const [, quiet] = rowsOf({ open, snoozes: until() });
    assert.match(quiet?.children[0]?.description ?? '', / · until back to normal$/);
    assert.equal(quiet?.children[0]?.contextValue, 'alert.snoozed');
  });

  it('say since when what is over is back to normal, and how long it was', () => {
    const closed = episodeOf({ claimedBytes: bytesOf('150Gi'), closedMs: nowMs - 5 * minute });
    const [section] = rowsOf({ recent: [closed] });
    assert.deepEqual(
      [section?.label, ...text(section?.children ?? [])],
      ['Recent', 'everything in scope: back to normal 5 min ago'],
    );
    assert.deepEqual(text(section?.children[0]?.children ?? []), [
      'Back to normal: 5 min ago',
      'Lasted: 9 min',
      'Claimed: 150Gi (75.0%)',
      'Budget: 200Gi',
    ]);
  });

  it('hold no markup from the cluster in their tooltips', () => {
    const [section] = rowsOf({ open: [episodeOf({ contextLabel: '[x](command:y) `z`' })] });
    assert.doesNotMatch(section?.children[0]?.tooltip ?? '', /[[\]`]/);
  });

  it('say the same to a screen reader', () => {
    const [section] = rowsOf({ open: [episodeOf()] });
    assert.equal(section?.accessibilityLabel, 'Open: 1');
    assert.equal(section?.children[0]?.accessibilityLabel, 'everything in scope, 105.0% · 210Gi of 200Gi · 14 min');
  });
});
