import assert from 'node:assert/strict';
import { noClaimRules } from '../../../src/domain/claimRules.ts';
import { mixinThresholds } from '../../../src/domain/claimThresholds.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../../../src/domain/records.ts';
import { ClaimStory, type Sight } from '../../support/claimStory.ts';
import { claimOf, noReading, readingOf } from '../../support/views.ts';

const gi = 2 ** 30;
const claim = claimOf('shop/a 100Gi');
const { uid } = claim;

/** A claim that is so full now, in percent. */
const full = (percent: number, more: Partial<Reading> = {}, claims: readonly ClaimRecord[] = [claim]) => {
  return (atMs: number): Sight => ({
    claims,
    readings: Object.fromEntries(claims.map((each) => [each.uid, readingOf(percent, { atMs, ...more })])),
  });
};
/** One that loses a percent in ten minutes, from 80. */
const filling = (story: ClaimStory, more: Partial<Reading> = {}) => {
  const startMs = story.nowMs;
  return (atMs: number) => full(80 + (atMs - startMs) / 600_000, more)(atMs);
};
/** A story in which the critical episode is open. */
function critical(): ClaimStory {
  const story = new ClaimStory();
  assert.deepEqual(story.watch(2, full(98)), ['1: bytes critical opened']);
  return story;
}

describe('a claim that is nearly full', () => {
  it('is critical at the second reading, a minute on, and is told once', () => {
    assert.deepEqual(new ClaimStory().watch(50, full(97.5)), ['1: bytes critical opened']);
  });

  it('is not at 3 % free', () => assert.deepEqual(new ClaimStory().watch(50, full(97)), []));

  it('is not by one reading, however often that is looked at', () => {
    const story = new ClaimStory();
    const { nowMs } = story;
    assert.deepEqual(
      story.watch(4, () => full(99)(nowMs)),
      [],
    );
  });

  it('is in inodes too', () => {
    const more = { inodes: 1000, inodesUsed: 975 };
    assert.deepEqual(new ClaimStory().watch(5, full(50, more)), ['1: inodes critical opened']);
  });

  it('is over when it has not been for a minute of readings', () => {
    const story = critical();
    assert.deepEqual(story.watch(1, full(50)), []);
    assert.deepEqual(story.watch(5, full(50)), ['0: bytes critical closed']);
  });

  it('goes on silently when it returns within half an hour, and anew after', () => {
    const story = critical();
    const opened = story.episodes[0]?.openedMs;
    story.watch(20, full(50));
    assert.deepEqual(story.watch(3, full(98)), ['1: (bytes critical opened)']);
    assert.equal(story.episodes[0]?.openedMs, opened);
    story.watch(40, full(50));
    assert.deepEqual(story.watch(3, full(98)), ['1: bytes critical opened']);
    assert.notEqual(story.episodes[0]?.openedMs, opened);
  });

  it('is remembered for a day when it is over, as somebody may still be told', () => {
    const story = critical();
    story.watch(23 * 60, full(50));
    assert.equal(story.episodes[0]?.closedMs === undefined, false);
    story.watch(63, full(50));
    assert.equal(story.state.followed.size, 0);
  });

  it('never opens or closes while it flaps', () => {
    const flapping = (atMs: number) => full((atMs / 60_000) % 2 === 0 ? 98 : 50)(atMs);
    assert.deepEqual(new ClaimStory().watch(60, flapping), []);
    assert.deepEqual(critical().watch(60, flapping), []);
  });
});

describe('a claim that fills up', () => {
  it('is a warning after an hour below 15 %, told before it is critical', () => {
    const story = new ClaimStory();
    // Below 15 % free from the 51st minute, below 3 % from the 171st.
    assert.deepEqual(story.watch(190, filling(story)), ['111: bytes warning opened', '172: bytes critical opened']);
  });

  it('is none as long as it does not grow', () => {
    assert.deepEqual(new ClaimStory().watch(200, full(90)), []);
  });

  it('is none without a known past, and stays one without', () => {
    const story = new ClaimStory();
    story.history = false;
    assert.deepEqual(story.watch(150, filling(story)), []);
    const open = new ClaimStory();
    const fills = filling(open);
    assert.deepEqual(open.watch(120, fills), ['111: bytes warning opened']);
    open.history = false;
    assert.deepEqual(open.watch(30, fills), []);
  });

  it('that empties step by step is told at each step', () => {
    const story = new ClaimStory();
    story.watch(190, filling(story));
    // Still little is left, and the line still falls.
    assert.deepEqual(story.watch(10, full(96)), ['1: bytes critical closed']);
    assert.deepEqual(story.watch(10, full(20)), ['1: bytes warning closed']);
  });

  it('that empties at one go is over once', () => {
    const story = new ClaimStory();
    story.watch(190, filling(story));
    assert.deepEqual(story.watch(10, full(20)).toSorted(), ['1: (bytes warning closed)', '1: bytes critical closed']);
  });

  it('is not told of as a warning beside what is critical already', () => {
    const story = new ClaimStory();
    const startMs = story.nowMs;
    const slowly = (atMs: number) => full(97.5 + (atMs - startMs) / 60_000 / 100)(atMs);
    assert.deepEqual(story.watch(70, slowly), ['1: bytes critical opened', '61: (bytes warning opened)']);
    assert.deepEqual(story.watch(3, full(96)), ['1: bytes critical closed'], 'whose end is told');
    assert.deepEqual(story.watch(10, full(20)), ['1: (bytes warning closed)']);
  });
});

describe('a claim that is nearly full is no matter', () => {
  const exempt: [what: string, more: Partial<ClaimRecord>, reading?: Partial<Reading>][] = [
    ['if it is a block volume', { volumeMode: 'Block' }],
    ['if many read and nobody writes it', { accessModes: ['ReadOnlyMany'] }],
    ['if it is labelled so', { alertWishes: { excluded: 'true' } }],
    ['if it is annotated so', { alertWishes: { ignore: 'true' } }],
    ['if its own threshold is lower', { alertWishes: { freeCritical: '1%' } }],
    ['if its own threshold is lower, in bytes', { alertWishes: { freeCritical: '1Gi' } }],
    ['if it grows by itself', { alertWishes: { storageLimit: '200Gi' } }],
    ['if nothing is used', {}, { usedBytes: 0 }],
  ];
  for (const [what, more, reading = {}] of exempt)
    it(what, () => {
      const sight = full(98, { inodes: undefined, ...reading }, [claimOf('shop/a 100Gi', more)]);
      assert.deepEqual(new ClaimStory().watch(10, sight), []);
    });

  it('unless it has reached the limit it grows to', () => {
    const sight = full(98, {}, [claimOf('shop/a 100Gi', { alertWishes: { storageLimit: '100Gi' } })]);
    assert.deepEqual(new ClaimStory().watch(3, sight), ['1: bytes critical opened']);
  });

  it('and an open episode ends silently when it is left out', () => {
    const story = critical();
    const ignored = [claimOf('shop/a 100Gi', { alertWishes: { ignore: 'true' } })];
    assert.deepEqual(story.watch(10, full(98, {}, ignored)), ['0: (bytes critical ignored)']);
    assert.equal(story.state.followed.size, 0);
  });
});

describe('the past of a claim', () => {
  it('is asked for only where it matters: below the bound of a warning', () => {
    const story = new ClaimStory();
    const other = claimOf('shop/b 100Gi');
    story.see({ claims: [claim, other], readings: { [uid]: readingOf(80), [other.uid]: readingOf(86) } });
    assert.deepEqual([...new Set(story.asked)], [other.uid]);
  });
});

describe('a gap in the data', () => {
  const old = readingOf(20, { atMs: Date.UTC(2025, 0, 1) });
  const gaps: [what: string, sight: (atMs: number) => Sight][] = [
    ['claims that are not live', () => ({ claims: undefined })],
    ['no readings', () => ({ readings: {} })],
    ['a claim that was last seen', (atMs) => full(20, { quality: 'lastSeen' })(atMs)],
    ['a claim that no pod mounts', (atMs) => full(20, { quality: 'notMounted' })(atMs)],
    ['a refusal', () => ({ readings: { [uid]: noReading('forbidden', 'No.') } })],
    ['figures that are not new', () => ({ readings: { [uid]: old } })],
  ];
  for (const [what, sight] of gaps)
    it(`closes nothing: ${what}`, () => {
      const story = critical();
      assert.deepEqual(story.watch(30, sight), []);
      assert.deepEqual(story.watch(30, full(98)), [], 'and it is the same episode after');
      assert.deepEqual(story.watch(3, full(20)), ['1: bytes critical closed']);
    });

  it('opens nothing: its time does not count', () => {
    const story = new ClaimStory();
    story.watch(1, full(98));
    story.nowMs += 3_600_000;
    assert.deepEqual(story.watch(3, full(98)), ['1: bytes critical opened'], 'not in the first look after it');
  });
});

describe('a clock that is set back', () => {
  const behind = (percent: number) => (atMs: number) => full(percent)(atMs - 7_200_000);

  it('keeps no episode open, nor any from opening', () => {
    assert.deepEqual(critical().watch(5, behind(20)), ['1: bytes critical closed']);
    const story = new ClaimStory();
    story.watch(1, full(98));
    assert.deepEqual(story.watch(5, behind(98)), ['1: bytes critical opened']);
  });

  it('is no other one for figures that come a little out of order', () => {
    const story = critical();
    const shuffled = (atMs: number) => full(20)(atMs - 120_000 - (atMs % 120_000 === 0 ? 0 : 60_000));
    assert.deepEqual(story.watch(2, shuffled), []);
  });
});

describe('a claim that is recreated', () => {
  it('is another one', () => {
    const story = critical();
    const again = full(98, {}, [claimOf('shop/a 100Gi', { uid: 'second' })]);
    assert.deepEqual(story.watch(3, again), ['0: (bytes critical gone)', '1: bytes critical opened']);
    assert.equal(story.state.followed.size, 1);
  });
});

describe('a claim that is not there any more', () => {
  it('ends its episode silently, and only once', () => {
    const story = critical();
    assert.deepEqual(
      story.watch(3, () => ({ claims: [], readings: {} })),
      ['0: (bytes critical gone)'],
    );
  });

  it('ends nothing while it may only be out of sight, and its episode goes on when it is seen again', () => {
    const story = critical();
    assert.deepEqual(
      story.watch(30, () => ({ claims: [], readings: {}, gone: false })),
      [],
    );
    assert.deepEqual(story.episodes, [], 'nothing of it is shown meanwhile');
    assert.deepEqual(story.watch(3, full(98)), []);
    assert.equal(story.episodes.length, 1);
    assert.deepEqual(story.watch(3, full(50)), ['1: bytes critical closed']);
  });
});

describe('a change of the user', () => {
  const strict = { ...mixinThresholds, critical: { ratio: 0.5 }, inodesCritical: 0.5 };
  const at = (percent: number, more: Partial<Sight>) => (atMs: number) => ({ ...full(percent)(atMs), ...more });

  it('opens silently what it makes an alert of, and what comes after is told', () => {
    const story = new ClaimStory();
    story.watch(3, full(60));
    story.see({ ...full(60)(story.nowMs), thresholds: strict, userChange: true });
    story.nowMs += 60_000;
    assert.deepEqual(story.watch(3, at(60, { thresholds: strict })), ['0: (bytes critical opened)']);
    const other = claimOf('shop/b 100Gi');
    const both = (atMs: number) => full(60, {}, [claim, other])(atMs);
    assert.deepEqual(story.watch(3, both), ['1: bytes critical opened']);
  });

  it('is one until readings have come, however long that takes', () => {
    const story = new ClaimStory();
    story.see({ claims: [claim], readings: {}, userChange: true });
    story.watch(30, () => ({ claims: [claim], readings: {} }));
    assert.deepEqual(story.watch(3, full(98)), ['1: (bytes critical opened)']);
  });

  it('is one until the past is known, without which nobody can tell', () => {
    const story = new ClaimStory();
    const fills = filling(story);
    story.watch(60, fills);
    story.state = noClaimRules;
    story.history = false;
    story.see({ ...fills(story.nowMs), userChange: true });
    story.history = true;
    assert.deepEqual(story.watch(90, fills), ['60: (bytes warning opened)']);
  });

  it('ends silently what it makes none of', () => {
    const story = critical();
    const loose = { ...mixinThresholds, critical: { ratio: 0.01 }, warning: { ratio: 0.01 } };
    story.see({ ...full(98)(story.nowMs), thresholds: loose, userChange: true });
    story.nowMs += 60_000;
    assert.deepEqual(story.watch(3, at(98, { thresholds: loose })), ['0: (bytes critical closed)']);
  });

  it('keeps open what is an alert by the new bounds too, and tells the next', () => {
    const story = critical();
    const { openedMs } = story.episodes[0] ?? {};
    const changed = story.see({ ...full(98)(story.nowMs), thresholds: strict, userChange: true });
    assert.deepEqual(changed, ['(bytes critical opened)', '(bytes critical closed)']);
    assert.deepEqual(
      story.episodes.map((each) => [each.openedMs, each.closedMs, each.shown]),
      [[openedMs, undefined, false]],
    );
    story.nowMs += 60_000;
    assert.deepEqual(story.watch(9, at(20, { thresholds: strict })), ['1: (bytes critical closed)']);
    assert.deepEqual(story.watch(40, at(20, { thresholds: strict })), []);
    assert.deepEqual(story.watch(9, at(60, { thresholds: strict })), ['1: bytes critical opened']);
  });

  it('keeps open what nobody can tell of at the moment', () => {
    const story = new ClaimStory();
    const fills = filling(story);
    story.watch(120, fills);
    story.history = false;
    const wide = { ...mixinThresholds, warning: { ratio: 0.2 } };
    const changed = story.see({ ...fills(story.nowMs), thresholds: wide, userChange: true });
    assert.deepEqual(changed, ['(bytes warning opened)', '(bytes warning closed)']);
    const open = [...story.accounts.values()].filter(({ closedMs }) => closedMs === undefined);
    assert.equal(open.length, 1);
    story.nowMs += 60_000;
    story.history = true;
    assert.deepEqual(story.watch(20, fills), []);
  });

  it('changes nothing in what had begun before', () => {
    const story = new ClaimStory();
    story.watch(1, full(98));
    story.see({ ...full(98)(story.nowMs), userChange: true });
    story.nowMs += 60_000;
    assert.deepEqual(
      story.episodes.map(({ shown }) => shown),
      [true],
    );
  });
});

describe('several windows', () => {
  it('take an episode for one that another has opened, and end it once', () => {
    const [a, b] = [critical(), new ClaimStory()];
    b.nowMs = a.nowMs;
    b.accounts = a.accounts;
    assert.deepEqual(b.watch(2, full(98)), []);
    assert.deepEqual(
      b.episodes.map(({ openedMs }) => openedMs),
      a.episodes.map(({ openedMs }) => openedMs),
    );
    assert.deepEqual(b.watch(2, full(50)), ['1: bytes critical closed']);
    a.accounts = b.accounts;
    a.nowMs = b.nowMs;
    assert.deepEqual(a.watch(5, full(50)), [], 'it is over already');
  });

  it('go on after a restart, also with one that ended meanwhile', () => {
    const before = critical();
    const after = new ClaimStory();
    after.accounts = before.accounts;
    after.nowMs = before.nowMs + 3 * 86_400_000;
    assert.deepEqual(after.watch(1, full(50)), []);
    assert.deepEqual(after.watch(2, full(50)), ['0: bytes critical closed']);
  });

  it('do not mix up clusters', () => {
    const story = new ClaimStory();
    const [[, episode] = []] = critical().accounts;
    assert.ok(episode);
    story.accounts = new Map([['other', { ...episode, key: '["elsewhere","kind-dev","claim"] x' }]]);
    assert.deepEqual(story.watch(2, full(50)), []);
    assert.deepEqual(story.episodes, []);
  });

  it('by other bounds keep to their own episodes', () => {
    const [a, b] = [critical(), new ClaimStory()];
    b.nowMs = a.nowMs;
    const loose = { ...mixinThresholds, critical: { ratio: 0.01 } };
    for (let minute = 0; minute < 9; minute++) {
      b.accounts = a.accounts;
      const sight = full(98)(a.nowMs);
      assert.deepEqual([...a.see(sight), ...b.see({ ...sight, thresholds: loose })], [], `minute ${minute}`);
      a.accounts = b.accounts;
      a.nowMs = b.nowMs += 60_000;
    }
    assert.deepEqual(
      [a, b].map(({ episodes }) => episodes.length),
      [1, 0],
    );
  });

  it('tell what one opens for itself where another was silent about it', () => {
    const [a, b] = [new ClaimStory(), new ClaimStory()];
    a.see({ claims: [claim], readings: {}, userChange: true });
    a.nowMs += 60_000;
    b.nowMs = a.nowMs;
    a.watch(2, full(98));
    b.watch(1, full(98));
    b.accounts = a.accounts;
    assert.deepEqual(b.watch(1, full(98)), ['0: bytes critical opened']);
  });
});

describe('a shared filesystem', () => {
  const shared = { quality: 'sharedFilesystem', subject: 'filesystem' } as const;
  const onNfs = (name: string, more: Partial<ClaimRecord> = {}) =>
    claimOf(`shop/${name} 1Gi nfs`, { provisioner: 'nfs.csi.k8s.io', ...more });

  it('is told once, with all claims on it', () => {
    const story = new ClaimStory();
    assert.deepEqual(story.watch(9, full(98, shared, [onNfs('a'), onNfs('b'), onNfs('c')])), [
      '1: bytes critical opened',
    ]);
    const evidence = story.episodes[0]?.evidence;
    assert.ok(evidence?.rule === 'bytes');
    assert.equal(evidence.subject, 'filesystem');
    assert.deepEqual(
      evidence.claims.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
  });

  it('stays one while its size changes a little', () => {
    const sight = (atMs: number) =>
      full(98, { ...shared, capacityBytes: (100 + ((atMs / 60_000) % 7)) * gi }, [onNfs('a'), onNfs('b')])(atMs);
    assert.deepEqual(new ClaimStory().watch(30, sight), ['1: bytes critical opened']);
  });

  it('stays one while its volumes cannot be read', () => {
    const story = new ClaimStory();
    const claims = [onNfs('a', { provisioner: undefined, volumeName: 'pv-a' })];
    const volumes = [{ uid: 'v', name: 'pv-a', resourceVersion: '1', phase: 'Bound', source: 'nfs' }];
    const at = (more: Partial<Sight>) => (atMs: number) => ({ ...full(98, shared, claims)(atMs), ...more });
    assert.deepEqual(story.watch(3, at({ volumes })), ['1: bytes critical opened']);
    assert.deepEqual(story.watch(9, at({ volumes: undefined })), []);
    assert.equal(story.episodes.length, 1);
  });

  it('is another one by class or by size', () => {
    const sight = (atMs: number): Sight => ({
      claims: [onNfs('a'), onNfs('b', { storageClass: 'nfs2' }), onNfs('c')],
      readings: {
        'uid-shop/a': readingOf(98, { ...shared, atMs }),
        'uid-shop/b': readingOf(98, { ...shared, atMs }),
        'uid-shop/c': readingOf(98, { ...shared, atMs, capacityBytes: 1000 * gi, availableBytes: gi }),
      },
    });
    assert.equal(new ClaimStory().watch(3, sight).length, 3);
  });

  it('takes over silently what was open of a claim that turns out to be on it', () => {
    const story = critical();
    const told = story.watch(9, full(98, shared));
    assert.deepEqual(told, ['0: (bytes critical opened)', '0: (bytes critical closed)']);
    const open = [...story.accounts.values()].filter(({ closedMs }) => closedMs === undefined);
    assert.deepEqual(
      open.map(({ subject }) => subject),
      ['filesystem:shop/a'],
    );
  });

  it('goes on while one of its claims is gone, and is told by those that are left in', () => {
    const story = new ClaimStory();
    story.watch(3, full(98, shared, [onNfs('a'), onNfs('b')]));
    assert.deepEqual(story.watch(9, full(98, shared, [onNfs('b')])), []);
    assert.deepEqual(story.watch(9, full(20, shared, [onNfs('b')])), ['1: bytes critical closed']);
  });
});

describe('the state of an object', () => {
  /** Each ten seconds; what was told, with the second. */
  function tell(story: ClaimStory, looks: number, sight: Sight): string[] {
    const told: string[] = [];
    for (let look = 0; look < looks; look++) {
      for (const each of story.see(sight)) told.push(`${look * 10}: ${each}`);
      story.nowMs += 10_000;
    }
    return told;
  }
  const volume = (phase: string): VolumeRecord => ({ uid: 'v', name: 'pv-1', resourceVersion: '1', phase });

  it('is told when a claim is lost, and when it is found again', () => {
    const story = new ClaimStory();
    assert.deepEqual(tell(story, 9, { claims: [{ ...claim, phase: 'Lost' }] }), ['10: lost opened']);
    assert.deepEqual(tell(story, 9, { claims: undefined }), []);
    assert.deepEqual(tell(story, 9, { claims: [claim] }), ['60: lost closed']);
  });

  for (const resizeStatus of ['ControllerResizeInfeasible', 'NodeResizeInfeasible'])
    it(`is told when a resize cannot be done: ${resizeStatus}`, () =>
      assert.deepEqual(tell(new ClaimStory(), 9, { claims: [{ ...claim, resizeStatus }] }), [
        '10: resizeInfeasible opened',
      ]));

  it('is no matter while a resize goes on', () =>
    assert.deepEqual(tell(new ClaimStory(), 9, { claims: [{ ...claim, resizeStatus: 'NodeResizePending' }] }), []));

  it('is no matter for a claim that is ignored', () => {
    const lost = { ...claim, phase: 'Lost', alertWishes: { ignore: 'true' } };
    assert.deepEqual(tell(new ClaimStory(), 9, { claims: [lost] }), []);
  });

  for (const phase of ['Failed', 'Pending'])
    it(`is told when a volume is ${phase} for five minutes`, () => {
      const story = new ClaimStory();
      assert.deepEqual(tell(story, 40, { volumes: [volume(phase)] }), ['300: volumeFailing opened']);
      assert.deepEqual(tell(story, 9, { volumes: undefined }), [], 'and stays so while volumes are not live');
      assert.deepEqual(tell(story, 9, { volumes: [volume('Bound')] }), ['60: volumeFailing closed']);
    });

  it('is no matter for volumes that are released', () =>
    assert.deepEqual(tell(new ClaimStory(), 40, { volumes: [volume('Released')] }), []));

  it('does not count time that nobody watched', () => {
    const story = new ClaimStory();
    tell(story, 20, { volumes: [volume('Failed')] });
    story.nowMs += 3_600_000;
    assert.deepEqual(tell(story, 20, { volumes: [volume('Failed')] }), ['110: volumeFailing opened']);
  });
});
