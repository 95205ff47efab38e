import assert from 'node:assert/strict';
import { fail, succeed } from '../../../src/domain/apiError.ts';
import { fullRatio, inodeRatio } from '../../../src/domain/reading.ts';
import { nextUsage, nothingKnown, usageSteps } from '../../../src/usage/usage.ts';
import {
  claimOf,
  emptySummary,
  forbiddenNode,
  gi,
  minuteMs,
  observationOf,
  podOf,
  readingAfter,
  seriesOf,
  startMs,
  stats,
  summaryOf,
} from './observed.ts';

describe('a reading', () => {
  it('is measured where the kubelet reports the volume of a running pod', () => {
    assert.deepEqual(readingAfter(observationOf()), {
      quality: 'measured',
      subject: 'claim',
      source: 'kubelet',
      atMs: startMs,
      reason: '',
      ...stats,
    });
  });

  it('has a percentage of (capacity - available) / capacity, and used bytes that may differ from it', () => {
    const reading = readingAfter(observationOf());
    assert.equal(fullRatio(reading), 0.8);
    assert.equal(reading.usedBytes, 7 * gi);
  });

  it('has no inodes where a filesystem sends 18446744073709551615 of them', () => {
    const reading = readingAfter(
      observationOf({ kubelets: new Map([['n1', summaryOf({ ...stats, inodes: 2 ** 64, inodesUsed: 0 })]]) }),
    );
    assert.deepEqual([reading.quality, inodeRatio(reading), fullRatio(reading)], ['measured', undefined, 0.8]);
  });

  it('takes 0 for not supported: no figures, and never 0 %', () => {
    for (const zeros of [
      { capacityBytes: 0, availableBytes: 0, usedBytes: 0, inodes: 0, inodesUsed: 0 },
      { capacityBytes: 10 * gi, availableBytes: 0, usedBytes: 0, inodes: 0, inodesUsed: 0 },
    ]) {
      const reading = readingAfter(observationOf({ kubelets: new Map([['n1', summaryOf(zeros)]]) }));
      assert.deepEqual(reading, {
        quality: 'notReported',
        subject: 'claim',
        reason: 'Its driver does not report how much is used.',
      });
      assert.equal(fullRatio(reading), undefined);
    }
  });

  it('of a block volume says so, whatever is sent of it', () => {
    const reading = readingAfter(observationOf({ claims: [claimOf({ volumeMode: 'Block' })] }));
    assert.deepEqual([reading.quality, fullRatio(reading)], ['block', undefined]);
  });

  it('is of a moment that is not in our future, though the clock of the node is ahead', () => {
    const kubelets = new Map([['n1', summaryOf(stats, { atMs: startMs + 10 * minuteMs })]]);
    assert.equal(readingAfter(observationOf({ kubelets })).atMs, startMs);
  });

  it('is what is heard when the clock was set back, and one of before is not of now for that', () => {
    const laterMs = startMs + 120 * minuteMs;
    const ahead = new Map([['n1', summaryOf(stats, { atMs: laterMs })]]);
    const before = nextUsage(nothingKnown, observationOf({ nowMs: laterMs, kubelets: ahead }));
    const fuller = new Map([['n1', summaryOf({ ...stats, availableBytes: gi })]]);
    const { availableBytes, atMs } = readingAfter(observationOf({ kubelets: fuller }), before);
    assert.deepEqual([availableBytes, atMs], [gi, startMs]);
    const silent = new Map([['n1', fail('unreachable', 'n1 does not answer.')]]);
    assert.equal(readingAfter(observationOf({ kubelets: silent }), before).quality, 'lastSeen');
  });

  it('is the same object as before where it says the same', () => {
    const first = nextUsage(nothingKnown, observationOf());
    assert.equal(readingAfter(observationOf({ nowMs: startMs + minuteMs }), first), first.readings.get('c1'));
  });
});

describe('a claim that several pods mount', () => {
  const two = [podOf(), podOf({ uid: 'p2', name: 'db-1', nodeName: 'n2' })];
  const newer = { ...stats, availableBytes: gi };

  it('has one reading: the newest, whichever node it is from', () => {
    for (const [onN1, onN2] of [
      [startMs - 1, startMs],
      [startMs, startMs - 1],
    ] as const) {
      const kubelets = new Map([
        ['n1', summaryOf(onN1 === startMs ? newer : stats, { atMs: onN1 })],
        ['n2', summaryOf(onN2 === startMs ? newer : stats, { atMs: onN2, uid: 'p2' })],
      ]);
      const { readings } = nextUsage(nothingKnown, observationOf({ allPods: two, kubelets }));
      assert.equal(readings.size, 1);
      assert.deepEqual([readings.get('c1')?.availableBytes, readings.get('c1')?.atMs], [gi, startMs]);
    }
  });

  it('is measured as long as one of its nodes answers', () => {
    const kubelets = new Map([
      ['n1', fail('unreachable', 'n1 does not answer.')],
      ['n2', summaryOf(stats, { uid: 'p2' })],
    ]);
    assert.equal(readingAfter(observationOf({ allPods: two, kubelets })).quality, 'measured');
  });
});

describe('the join', () => {
  it('goes by the UID of the pod: one that is gone says nothing of the claim its successor has', () => {
    const successor = podOf({ uid: 'p2' });
    const recreated = claimOf({ uid: 'c1', createdMs: startMs - 1000 });
    const reading = readingAfter(observationOf({ claims: [recreated], allPods: [successor] }));
    assert.deepEqual([reading.quality, fullRatio(reading)], ['notReported', undefined]);
  });

  it('goes by the volume of the pod, not by the name that pvcRef gives', () => {
    const ephemeral = podOf({ volumes: [{ name: 'v', claimName: 'db-0-v' }] });
    const claims = [claimOf(), claimOf({ uid: 'c2', name: 'db-0-v' })];
    const { readings } = nextUsage(nothingKnown, observationOf({ claims, allPods: [ephemeral] }));
    assert.deepEqual([readings.get('c2')?.quality, readings.get('c1')?.quality], ['measured', 'notMounted']);
  });

  it('keeps namespaces apart', () => {
    const claims = [claimOf(), claimOf({ uid: 'c2', namespace: 'blog' })];
    const { readings } = nextUsage(nothingKnown, observationOf({ claims }));
    assert.deepEqual([readings.get('c1')?.quality, readings.get('c2')?.quality], ['measured', 'notMounted']);
  });

  it('gives a recreated claim nothing of its predecessor', () => {
    const before = nextUsage(nothingKnown, observationOf());
    const recreated = observationOf({
      nowMs: startMs + minuteMs,
      claims: [claimOf({ uid: 'c2' })],
      kubelets: new Map([['n1', emptySummary]]),
    });
    const { readings } = nextUsage(before, recreated);
    assert.equal(readings.size, 1);
    assert.equal(fullRatio(readings.get('c2') ?? assert.fail()), undefined);
  });

  it('believes no scrape of a time when the predecessor can still have been mounted', () => {
    const scraped = (createdMs: number) =>
      readingAfter(
        observationOf({ claims: [claimOf({ createdMs })], kubelets: undefined, prometheus: seriesOf(stats) }),
      );
    assert.equal(scraped(startMs - 3 * minuteMs).quality, 'measured');
    assert.deepEqual(
      [scraped(startMs - minuteMs).quality, scraped(startMs - minuteMs).capacityBytes],
      ['notReported', undefined],
    );
  });

  it('gives a claim without a volume no figures', () => {
    const pending = readingAfter(observationOf({ claims: [claimOf({ phase: 'Pending' })] }));
    assert.deepEqual(
      [pending.quality, pending.reason, fullRatio(pending)],
      ['notMounted', 'It has no volume yet.', undefined],
    );
  });
});

describe('a claim that is not reported any more', () => {
  const measured = nextUsage(nothingKnown, observationOf());
  const silent = (minutes: number, more: Parameters<typeof observationOf>[0] = {}) =>
    observationOf({ nowMs: startMs + minutes * minuteMs, kubelets: new Map([['n1', emptySummary]]), ...more });

  it('keeps its last reading while its pods are in CrashLoopBackOff, and says that it is old', () => {
    let usage = measured;
    for (const minutes of [1, 3, 6, 60, 600]) {
      usage = nextUsage(usage, silent(minutes));
      const reading = usage.readings.get('c1');
      assert.equal(reading?.quality, minutes <= 5 ? 'measured' : 'lastSeen');
      assert.deepEqual([reading.atMs, fullRatio(reading)], [startMs, 0.8]);
    }
    assert.match(usage.readings.get('c1')?.reason ?? '', /no container of its pod is running/);
  });

  it('is measured again with the first report', () => {
    const gone = nextUsage(measured, silent(60));
    const back = observationOf({
      nowMs: startMs + 61 * minuteMs,
      kubelets: new Map([['n1', summaryOf(stats, { atMs: startMs + 61 * minuteMs })]]),
    });
    assert.equal(readingAfter(back, gone).quality, 'measured');
  });

  it('is of the time it was last looked at, though a kubelet goes on sending that', () => {
    const reading = readingAfter(observationOf({ nowMs: startMs + 20 * minuteMs }), measured);
    assert.deepEqual([reading.quality, reading.atMs], ['lastSeen', startMs]);
    assert.match(reading.reason, /its filesystem may not answer/);
  });

  it('says why its node is not heard', () => {
    const kubelets = new Map([['n1', fail('unreachable', 'Node n1 did not answer within 10 s.')]]);
    const reading = readingAfter(silent(10, { kubelets }), measured);
    assert.deepEqual([reading.quality, reading.reason], ['lastSeen', 'Node n1 did not answer within 10 s.']);
  });

  it('keeps its figures as not mounted when no pod mounts it', () => {
    for (const allPods of [[], [podOf({ phase: 'Succeeded' })], [podOf({ phase: 'Failed' })]]) {
      const reading = readingAfter(silent(60, { allPods }), measured);
      assert.deepEqual([reading.quality, reading.atMs, fullRatio(reading)], ['notMounted', startMs, 0.8]);
    }
  });

  it('is not taken for unmounted where pods may not be listed', () => {
    const pods = { items: [], readable: () => false };
    assert.equal(readingAfter({ ...silent(60), pods }, measured).quality, 'lastSeen');
  });

  it('is reported as lost by its driver only when the figures have become old', () => {
    const zeros = new Map([['n1', summaryOf({ capacityBytes: 0, availableBytes: 0, usedBytes: 0 })]]);
    const reading = readingAfter(silent(60, { kubelets: zeros }), measured);
    assert.deepEqual([reading.quality, reading.reason], ['lastSeen', 'Its driver does not report how much is used.']);
  });
});

describe('a claim without figures', () => {
  it('is not mounted where no pod mounts it', () => {
    const reading = readingAfter(observationOf({ allPods: [], kubelets: new Map() }));
    assert.deepEqual(reading, { quality: 'notMounted', subject: 'claim', reason: 'No pod mounts it.' });
  });

  it('is not mounted by a pod that is on no node yet', () => {
    const { nodeName: _, ...pod } = podOf({ phase: 'Pending' });
    assert.equal(readingAfter(observationOf({ allPods: [pod], kubelets: new Map() })).quality, 'notMounted');
  });

  it('is forbidden where its kubelet may not be asked', () => {
    const reading = readingAfter(observationOf({ kubelets: new Map([['n1', forbiddenNode]]) }));
    assert.deepEqual([reading.quality, reading.reason], ['forbidden', 'nodes "n1" is forbidden']);
  });

  it('is forbidden where it is not known which kubelet to ask', () => {
    const pods = { items: [], readable: () => false };
    assert.equal(readingAfter({ ...observationOf(), pods }).quality, 'forbidden');
  });

  it('is not forbidden but not reported where one source was asked', () => {
    const prometheus = succeed(new Map());
    const reading = readingAfter(observationOf({ kubelets: new Map([['n1', forbiddenNode]]), prometheus }));
    assert.equal(reading.quality, 'notReported');
    assert.match(reading.reason, /The Prometheus has no series of it\. nodes "n1" is forbidden/);
  });

  it('is not reported where no source is asked, or not yet', () => {
    assert.equal(readingAfter(observationOf({ kubelets: undefined })).reason, 'No source of usage is asked.');
    assert.match(readingAfter(observationOf({ kubelets: new Map() })).reason, /has not been asked yet/);
  });

  it('costs no other claim anything when its node is bad', () => {
    const claims = [claimOf(), claimOf({ uid: 'c2', name: 'other' })];
    const other = podOf({ uid: 'p2', nodeName: 'n2', volumes: [{ name: 'v', claimName: 'other' }] });
    const kubelets = new Map([
      ['n1', summaryOf(stats)],
      ['n2', fail('server', 'n2 is broken.')],
    ]);
    const { readings } = nextUsage(nothingKnown, observationOf({ claims, allPods: [podOf(), other], kubelets }));
    assert.equal(readings.get('c1')?.quality, 'measured');
    assert.deepEqual([readings.get('c2')?.quality, readings.get('c2')?.reason], ['notReported', 'n2 is broken.']);
  });
});

describe('a claim of which a Prometheus has several series', () => {
  const prometheus = succeed(new Map([['shop/data', { ambiguous: ['cluster'] }]]));

  it('is ambiguous, never one of them', () => {
    const reading = readingAfter(observationOf({ kubelets: undefined, prometheus }));
    assert.deepEqual(reading, {
      quality: 'ambiguous',
      subject: 'claim',
      reason: 'Several series of the Prometheus match it: add a matcher. They differ in cluster.',
    });
  });

  it('is measured where its kubelet tells', () => {
    assert.deepEqual([readingAfter(observationOf({ prometheus })).source], ['kubelet']);
  });
});

describe('many claims', () => {
  const claims = Array.from({ length: 1000 }, (_, index) => claimOf({ uid: `c${index}`, name: `data-${index}` }));

  it('are judged in steps, to the same as at one go', () => {
    const all = observationOf({ claims: [claimOf(), ...claims] });
    const steps = usageSteps(nothingKnown, all);
    let count = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) count++;
    assert.ok(count > 20, `${count}`);
    assert.deepEqual(step.value, nextUsage(nothingKnown, all));
  });
});

describe('pods of a node', () => {
  it('are kept with their ephemeral storage, and while the node does not answer', () => {
    const ephemeral = { capacityBytes: 100, availableBytes: 50, usedBytes: 5 };
    const heard = nextUsage(
      nothingKnown,
      observationOf({ kubelets: new Map([['n1', summaryOf(stats, { ephemeral })]]) }),
    );
    assert.deepEqual(heard.pods.get('n1')?.[0]?.ephemeral, ephemeral);
    const unheard = nextUsage(heard, observationOf({ kubelets: new Map([['n1', fail('server', 'x')]]) }));
    assert.equal(unheard.pods.get('n1'), heard.pods.get('n1'));
    assert.equal(
      nextUsage(unheard, observationOf({ kubelets: new Map([['n2', emptySummary]]) })).pods.has('n1'),
      false,
    );
  });
});
