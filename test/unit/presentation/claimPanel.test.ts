import assert from 'node:assert/strict';
import { fail, succeed } from '../../../src/domain/apiError.ts';
import { mixinThresholds } from '../../../src/domain/claimThresholds.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { AlertWishes, EventRecord, PodRecord } from '../../../src/domain/records.ts';
import { claimPanel, type PanelInput } from '../../../src/presentation/claimPanel.ts';
import type { PanelState } from '../../../src/presentation/protocol.ts';
import { claimOf, heardMs, snapshotOf, targetOf } from '../../support/views.ts';

const gi = 2 ** 30;
const hourMs = 3_600_000;
const data: PanelState = {
  contextName: 'kind-dev',
  namespace: 'shop',
  name: 'data',
  uid: 'uid-shop/data',
  identity: 'uid-of-kube-system',
};

function inputOf(more: Partial<PanelInput> = {}): PanelInput {
  return {
    snapshot: snapshotOf({ claims: ['shop/data 50Gi fast'] }),
    claim: data,
    reading: undefined,
    samples: [],
    forecast: { kind: 'notEnough', needsMs: 2 * hourMs },
    thresholds: mixinThresholds,
    pods: succeed([]),
    events: succeed([]),
    nowMs: heardMs,
    ...more,
  };
}

function readingOf(usedGi: number, more: Partial<Reading> = {}): Reading {
  return {
    quality: 'measured',
    subject: 'claim',
    source: 'kubelet',
    atMs: heardMs - 60_000,
    reason: 'It is mounted.',
    capacityBytes: 50 * gi,
    availableBytes: (50 - usedGi) * gi,
    usedBytes: usedGi * gi,
    ...more,
  };
}

describe('claim panel', () => {
  it('says that used bytes are not known, and never 0 %', () => {
    const { usage, chart, head } = claimPanel(inputOf(), undefined);
    assert.equal(usage.text, 'Used bytes are not known');
    assert.equal(usage.reason, 'Nobody has reported them yet.');
    assert.equal(usage.forecast, 'No history yet');
    assert.match(usage.spoken, /There is no history to draw/);
    assert.deepEqual([chart.timesMs, chart.fullMs], [[], []]);
    assert.deepEqual([head.name, head.place, head.note], ['data', 'shop in kind-dev', '']);
  });

  it('gives the reason of a reading without figures', () => {
    const reading: Reading = { quality: 'block', subject: 'claim', reason: 'A block volume has no filesystem.' };
    const { usage } = claimPanel(inputOf({ reading }), undefined);
    assert.deepEqual([usage.text, usage.reason], ['Used bytes are not known', 'A block volume has no filesystem.']);
  });

  const levels: [usedGi: number, text: string, level: string][] = [
    [34.25, '34.2Gi of 50Gi used (68%)', 'normal'],
    [42.5, '42.5Gi of 50Gi used (85%)', 'normal'],
    [43, '43Gi of 50Gi used (86%)', 'warning'],
    [49.9, '49.9Gi of 50Gi used (99%)', 'error'],
  ];
  for (const [usedGi, text, level] of levels)
    it(`says ${text}`, () => {
      const { usage } = claimPanel(inputOf({ reading: readingOf(usedGi) }), undefined);
      assert.deepEqual([usage.text, usage.level], [text, level]);
      assert.equal(usage.reason, 'It is mounted. Read from the kubelet 1 min ago.');
    });

  for (const [more, text] of [
    [{ quality: 'lastSeen' }, 'Last seen: 40Gi of 50Gi used (80%)'],
    [{ quality: 'notMounted' }, '40Gi of 50Gi used (80%) when last mounted'],
    [{ quality: 'sharedFilesystem', subject: 'filesystem' }, 'Filesystem: 40Gi of 50Gi used (80%)'],
  ] as const)
    it(`says ${text}`, () => {
      const { usage } = claimPanel(inputOf({ reading: { ...readingOf(40), ...more } }), undefined);
      assert.equal(usage.text, text);
    });

  it('judges a claim by the bounds that it sets itself, and says what of them is not understood', () => {
    const alertWishes = { freeWarning: '50%', freeCritical: '5Gi', resizeThreshold: 'soon' };
    const snapshot = snapshotOf({ claims: [claimOf('shop/data 50Gi', { alertWishes })] });
    const samples = [{ atMs: heardMs - hourMs, usedBytes: 30 * gi, capacityBytes: 50 * gi }];
    const { usage, chart, facts } = claimPanel(inputOf({ snapshot, samples, reading: readingOf(30) }), undefined);
    assert.equal(usage.level, 'warning');
    assert.deepEqual([chart.warningRatio, chart.criticalRatio], [0.5, 0.9]);
    const values = (label: string) => facts.rows.filter((row) => row.label === label).map(({ value }) => value);
    assert.deepEqual(values('Alerts'), ['warning below 50% free, critical below 5Gi']);
    assert.match(values('Not understood').join(), /^resize\.topolvm\.io\/threshold: 'soon' is not /);
  });

  it('draws no bound that a claim which grows by itself does not have, and none of one that is left out', () => {
    const panelOf = (alertWishes: AlertWishes) => {
      const snapshot = snapshotOf({ claims: [claimOf('shop/data 50Gi', { alertWishes })] });
      const samples = [{ atMs: heardMs - hourMs, usedBytes: 49 * gi, capacityBytes: 50 * gi }];
      return claimPanel(inputOf({ snapshot, samples, reading: readingOf(49.5) }), undefined);
    };
    const growing = panelOf({ storageLimit: '100Gi' });
    assert.deepEqual([growing.usage.level, growing.chart.warningRatio], ['normal', 1]);
    const ignored = panelOf({ ignore: 'true' });
    assert.equal(ignored.usage.level, 'normal');
    assert.ok(ignored.facts.rows.some(({ value }) => value === 'none: its metadata ask to leave it out'));
  });

  it('draws the samples and where the forecast leads, and says both', () => {
    const samples = [10, 8, 40].map((used, index) => ({
      atMs: heardMs - (2 - index) * hourMs,
      usedBytes: used * gi,
      capacityBytes: 50 * gi,
    }));
    const forecast = { kind: 'full', fromMs: 3 * hourMs, likelyMs: 4 * hourMs, toMs: 6 * hourMs, confidence: 'medium' };
    const { usage, chart } = claimPanel(inputOf({ samples, forecast: forecast as PanelInput['forecast'] }), undefined);
    assert.deepEqual(chart.timesMs, [heardMs - 2 * hourMs, heardMs - hourMs, heardMs]);
    assert.deepEqual(chart.usedBytes, [10 * gi, 8 * gi, 40 * gi]);
    assert.deepEqual(chart.fullMs, [heardMs + 3 * hourMs, heardMs + 6 * hourMs]);
    assert.equal(usage.forecast, 'Full in 3 h to 6 h (medium confidence)');
    assert.match(
      usage.spoken,
      /3 samples: first 10Gi 2 h ago, lowest 8Gi 60 min ago, highest 40Gi just now, last 40Gi/,
    );
  });

  it('says where an open end begins', () => {
    const forecast = {
      kind: 'full',
      fromMs: hourMs,
      likelyMs: 2 * hourMs,
      toMs: undefined,
      confidence: 'low',
    } as const;
    assert.deepEqual(claimPanel(inputOf({ forecast }), undefined).chart.fullMs, [heardMs + hourMs]);
  });

  it('tells of a size beyond what numbers hold, and of none', () => {
    const huge = (2n ** 63n - 1n) as bigint;
    const snapshot = snapshotOf({
      claims: [claimOf('shop/data 1Gi', { requestedBytes: huge, claimedBytes: undefined, problem: 'spec is odd' })],
    });
    const reading = readingOf(0, { capacityBytes: 2 ** 63 - 1024, availableBytes: 0, inodes: 2 ** 52, inodesUsed: 7 });
    const { facts, usage } = claimPanel(inputOf({ snapshot, reading }), undefined);
    const value = (label: string) => facts.rows.find((row) => row.label === label)?.value;
    assert.equal(value('Requested'), '7.99Ei (9,223,372,036,854,775,807 bytes)');
    assert.equal(value('Charged'), 'unknown: spec is odd');
    assert.equal(value('Inodes'), '7 of 4,503,599,627,370,496 used (0%)');
    assert.equal(usage.text, '7.99Ei of 7.99Ei used (100%)');
  });

  it('puts hostile text on one line, without control and direction characters', () => {
    const evil = '<img src=x onerror=alert(1)>\u202e\n\u0007$(x)';
    const event: EventRecord = {
      ...{ uid: 'e', type: 'Warning', reason: evil, message: evil.repeat(500), source: evil, count: 3 },
      lastMs: heardMs - 120_000,
    };
    const conditions = [{ type: evil, status: 'True', reason: evil, message: evil }];
    const snapshot = snapshotOf({ claims: [claimOf('shop/data 1Gi', { conditions, storageClass: evil })] });
    const model = claimPanel(inputOf({ snapshot, events: succeed([event]) }), undefined);
    const json = JSON.stringify(model);
    assert.doesNotMatch(json, /\\n|\\u|[\p{Cc}\u202e]/u);
    assert.match(json, /<img src=x onerror=alert\(1\)>/);
    assert.ok((model.events.rows[0]?.value.length ?? 0) < 1600);
  });

  it('lists events and pods, and says plainly where it may not', () => {
    const event = {
      uid: 'e',
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: 'no space',
      source: 'csi',
      count: 3,
    };
    const pod = (name: string, claimName: string): PodRecord => ({
      ...{ uid: name, namespace: 'shop', name, resourceVersion: '1', phase: 'Running', nodeName: 'node-1' },
      volumes: [{ name: 'v', claimName }],
    });
    const shown = claimPanel(
      inputOf({
        events: succeed([{ ...event, lastMs: heardMs - 120_000 }]),
        pods: succeed([pod('db-0', 'data'), pod('web-0', 'other')]),
      }),
      undefined,
    );
    assert.deepEqual(shown.events.rows, [
      { label: 'ProvisioningFailed · 2 min ago', value: 'no space · 3 times · csi', level: 'warning' },
    ]);
    assert.deepEqual(shown.pods.rows, [{ label: 'db-0', value: 'Running on node-1', level: 'normal' }]);
    const refused = claimPanel(inputOf({ events: fail('forbidden', 'x'), pods: fail('forbidden', 'x') }), undefined);
    assert.equal(refused.events.note, 'You have no permission to list events in this namespace.');
    assert.equal(refused.pods.note, 'You have no permission to list pods in this namespace.');
    const none = claimPanel(inputOf(), undefined);
    assert.equal(none.events.note, 'The cluster keeps no events about this claim.');
    assert.equal(none.pods.note, 'No pod uses this claim.');
  });
});

describe('the standing of a claim panel', () => {
  const before = claimPanel(inputOf({ reading: readingOf(10) }), undefined);
  const standings: [name: string, snapshot: PanelInput['snapshot'], note: RegExp][] = [
    [
      'another context',
      snapshotOf({ target: targetOf({ contextName: 'prod' }) }),
      /^Context kind-dev is not followed now/,
    ],
    ['nothing followed', snapshotOf({ target: undefined }), /^Context kind-dev is not followed now/],
    ['the claim gone', snapshotOf({}), /^This claim does not exist any more\.$/],
    [
      'the claim recreated',
      snapshotOf({ claims: [claimOf('shop/data 9Gi', { uid: 'other' })] }),
      /Another one has its name now/,
    ],
    [
      'another cluster under the same name',
      snapshotOf({ claims: [claimOf('shop/data 9Gi', { uid: 'other' })], snapshot: { identity: 'other' } }),
      /leads to another cluster now/,
    ],
    [
      'a first list under way',
      snapshotOf({ snapshot: { synced: false, claimsState: 'loading' } }),
      /^Reading the claims of kind-dev…$/,
    ],
    [
      'a cluster that does not answer',
      snapshotOf({
        snapshot: { connection: { state: 'failing', error: { reason: 'unreachable', message: 'No way.' } } },
      }),
      /^No way\.$/,
    ],
    ['a namespace that may not be read', snapshotOf({ access: { shop: 'forbidden' } }), /no permission to list claims/],
    [
      'another namespace followed',
      snapshotOf({ snapshot: { scope: { namespaces: ['blog'], labelSelector: '', fieldSelector: '' } } }),
      /not among those that are followed/,
    ],
  ];
  for (const [name, snapshot, note] of standings)
    it(`keeps what it had and says so: ${name}`, () => {
      const { head, ...rest } = claimPanel(inputOf({ snapshot }), before);
      assert.match(head.note, note);
      const { head: _, ...kept } = before;
      assert.deepEqual(rest, kept);
    });

  it('says that a picture may be old', () => {
    const error = { reason: 'unreachable', message: 'It is gone.' } as const;
    const snapshot = snapshotOf({
      claims: ['shop/data 50Gi'],
      snapshot: { connection: { state: 'stale', sinceMs: 0, error } },
    });
    const { head, facts } = claimPanel(inputOf({ snapshot }), undefined);
    assert.equal(head.note, 'This may be old: the cluster cannot be heard now. It is gone.');
    assert.ok(facts.rows.length > 3);
  });
});
