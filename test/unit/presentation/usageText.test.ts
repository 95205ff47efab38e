import assert from 'node:assert/strict';
import type { Reading } from '../../../src/domain/reading.ts';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { ClaimRows } from '../../../src/presentation/claimRows.ts';
import { percentUsed, usageText } from '../../../src/presentation/usageText.ts';
import { bytesOf, claimOf, noReading, readingOf, viewOf } from '../../support/views.ts';

const rowOf = (reading: Reading | undefined, claim: Partial<ClaimRecord> = {}) => {
  const view = viewOf({
    claims: [claimOf('shop/a 50Gi', claim)],
    readings: reading === undefined ? {} : { 'shop/a': reading },
  });
  return new ClaimRows().of(view, 'shop')[0] ?? assert.fail('no row');
};
const described = (reading: Reading | undefined, claim?: Partial<ClaimRecord>) => rowOf(reading, claim).description;
const shared = { subject: 'filesystem' } as const;

const states: [what: string, reading: Reading | undefined, text: string][] = [
  ['measured', readingOf(71), '50Gi · 71% used'],
  ['empty', readingOf(0), '50Gi · 0% used'],
  ['full', readingOf(100), '50Gi · 100% used'],
  ['shared', readingOf(71, { quality: 'sharedFilesystem', ...shared }), '50Gi · filesystem 71% used'],
  ['not grown', readingOf(71, { quality: 'filesystemNotGrown' }), '50Gi · 71% of 100Gi used'],
  ['last seen', readingOf(71, { quality: 'lastSeen' }), '50Gi · last seen 71% used'],
  ['shared and last seen', readingOf(71, { quality: 'lastSeen', ...shared }), '50Gi · filesystem last seen 71% used'],
  ['not mounted', readingOf(71, { quality: 'notMounted' }), '50Gi · 71% used when last mounted'],
  ['never mounted', noReading('notMounted', 'No pod mounts it.'), '50Gi'],
  ['block', noReading('block', 'A block volume.'), '50Gi'],
  ['ambiguous', noReading('ambiguous', 'Several series match it.'), '50Gi'],
  ['forbidden', noReading('forbidden', 'Not allowed.'), '50Gi'],
  ['not reported', noReading('notReported', 'Nobody said.'), '50Gi'],
  ['not looked at', undefined, '50Gi'],
];

describe('usage of a claim', () => {
  for (const [what, reading, text] of states)
    it(`reads "${text}" when ${what}`, () => assert.equal(described(reading), text));

  it('stands before the state', () => {
    assert.equal(described(readingOf(71), { phase: 'Lost' }), '50Gi · 71% used · Lost');
    const grows = { capacityBytes: bytesOf('40Gi'), resizeStatus: 'NodeResizeInProgress' };
    assert.equal(described(readingOf(71), grows), '40Gi → 50Gi · 71% used · resizing');
  });

  it('is cut and never rounded up', () => {
    const percent = (used: number, capacityBytes: number) =>
      percentUsed(readingOf(0, { capacityBytes, availableBytes: capacityBytes - used }));
    assert.equal(percent(999, 1000), '99');
    assert.equal(percent(29, 100), '29');
    assert.equal(percent(2 ** 53 - 1, 2 ** 53), '99');
    assert.equal(percent(0.5, 0.7), '0');
    assert.equal(usageText(readingOf(0, { capacityBytes: 0, availableBytes: 0 })), undefined);
  });

  it('colours label and icon by what is free, and marks it with a reason', () => {
    const drawn = (reading: Reading, claim?: Partial<ClaimRecord>) => {
      const { level, icon, alarm } = rowOf(reading, claim);
      return [level, icon?.codicon, icon?.color, alarm];
    };
    assert.deepEqual(drawn(readingOf(85)), ['normal', 'database', 'charts.green', undefined]);
    const yellow = ['warning', 'database', 'problemsWarningIcon.foreground'];
    assert.deepEqual(drawn(readingOf(86)), [...yellow, 'Filling up: less than 15% of its bytes are free']);
    const red = ['error', 'database', 'problemsErrorIcon.foreground'];
    assert.deepEqual(drawn(readingOf(50, { inodesUsed: 980 })), [
      ...red,
      'Filling up: less than 3% of its inodes are free',
    ]);
    assert.deepEqual(drawn(readingOf(98, { quality: 'sharedFilesystem', ...shared })), [
      ...red,
      'Filling up: less than 3% of the bytes of its filesystem are free',
    ]);
    assert.deepEqual(drawn(readingOf(98, { quality: 'lastSeen' })), [
      ...red,
      'Filling up: less than 3% of its bytes were free when last seen',
    ]);
    assert.deepEqual(drawn(readingOf(99), { terminating: true }), ['muted', 'trash', 'disabledForeground', undefined]);
    assert.deepEqual(drawn(readingOf(86), { phase: 'Lost' }).slice(0, 2), ['error', 'error']);
    assert.deepEqual(drawn(readingOf(99), { phase: 'Pending' }).slice(0, 2), ['error', 'clock']);
  });

  it('is said in words', () => {
    assert.equal(rowOf(readingOf(71)).accessibilityLabel, 'Claim a, 50Gi, 71 percent used');
    assert.equal(
      rowOf(readingOf(90)).accessibilityLabel,
      'Claim a, 50Gi, 90 percent used. Filling up: less than 15 percent of its bytes are free',
    );
  });

  it('is told in the tooltip with figures, source, time and how percent counts', () => {
    const reading = readingOf(71, { usedBytes: 70 * 2 ** 30, inodes: 2000, inodesUsed: 1500 });
    assert.equal(
      rowOf(reading).tooltip,
      [
        '**a** in shop — 50Gi · 71% used',
        '- requested: 50Gi\n- charged: 50Gi\n- capacity: 50Gi',
        '- used: 70Gi\n- filesystem: 71% of 100Gi, 29Gi free\n- inodes: 1,500 of 2,000 used\n- read: 2026-01-01 12:00:00 UTC from the kubelet',
        "Percent is (capacity - available) / capacity, as Kubernetes' own dashboards count it.",
      ].join('\n\n'),
    );
  });

  it('is unknown in the tooltip with the reason, escaped', () => {
    const { tooltip } = rowOf(noReading('forbidden', 'Not [allowed](command:x) *here*.'));
    assert.match(tooltip, /\n\nUsed: unknown\. Not &#91;allowed&#93;/);
    assert.doesNotMatch(tooltip, /\*here|%|\]\(/);
  });

  it('has neither a bound of inodes nor used bytes that were not sent', () => {
    const { tooltip } = rowOf(
      readingOf(71, { source: 'prometheus', usedBytes: undefined, inodes: undefined, inodesUsed: undefined }),
    );
    assert.match(tooltip, /- used: unknown\n.*\n- inodes: no bound\n- read: .* from Prometheus/);
  });

  it('says why figures are what they are', () => {
    const { tooltip } = rowOf(readingOf(71, { quality: 'lastSeen', reason: 'Its filesystem may not answer' }));
    assert.match(tooltip, /\n\nIts filesystem may not answer\n\nPercent/);
  });
});
