import assert from 'node:assert/strict';
import type { ClaimRecord, PodRecord } from '../../../src/domain/records.ts';
import { ClaimRows } from '../../../src/presentation/claimRows.ts';
import { rootRows } from '../../../src/presentation/rootRows.ts';
import type { Row } from '../../../src/presentation/row.ts';
import { factRows, type PodsFact, withoutAccessRows } from '../../../src/presentation/tree.ts';
import { bytesOf, claimOf, storageClassOf, viewOf } from '../../support/views.ts';

const claimRows = (...asked: Parameters<ClaimRows['of']>) => new ClaimRows().of(...asked);

const noPods: PodsFact = { state: 'ready', pods: [] };

function podOf(name: string, ...claimNames: readonly string[]): PodRecord {
  const volumes = claimNames.map((claimName, index) => ({ name: `volume-${index}`, claimName }));
  return { uid: `uid-${name}`, namespace: 'shop', name, resourceVersion: '1', phase: 'Running', volumes };
}

function facts(claim: Partial<ClaimRecord>, pods: PodsFact = noPods): readonly string[] {
  const record = claimOf('shop/data 80Gi', claim);
  const view = viewOf({ claims: [record], storageClasses: [storageClassOf('waits', true)] });
  return factRows(view, record, pods).map(({ label, description }) => `${label}: ${description}`);
}

const condition = (type: string, status: string, message = '', reason = '') => ({ type, status, message, reason });

describe('facts of a claim', () => {
  it('are one short line each, in a fixed order', () => {
    const claim = {
      volumeName: 'pvc-1',
      storageClass: 'gp3',
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      capacityBytes: bytesOf('100Gi'),
      conditions: [condition('Resizing', 'True', 'waiting for the controller')],
    };
    assert.deepEqual(facts(claim, { state: 'ready', pods: [podOf('db-0', 'data')] }), [
      'pvc-1: volume',
      'gp3: class',
      'ReadWriteOnce, ReadOnlyMany: access',
      '100Gi: capacity',
      'Resizing: waiting for the controller',
      'db-0: pod, Running',
    ]);
  });

  it('leave out what is not there, and a capacity that does not differ', () => {
    assert.deepEqual(facts({ accessModes: [] }), ['no class: class', 'no pod: uses it']);
  });

  it('say when a class waits, when a volume is a block device, and why a size is unknown', () => {
    assert.equal(facts({ storageClass: 'waits', phase: 'Pending' })[0], 'waits: class, binds when a pod needs it');
    assert.equal(facts({ storageClass: 'waits' })[0], 'waits: class', 'a bound claim waits for nothing');
    assert.equal(facts({ volumeMode: 'Block' })[1], 'ReadWriteOnce: block device');
    assert.equal(facts({ problem: "'abc' is no size" })[0], "'abc' is no size: size unknown");
    assert.equal(facts({ capacityProblem: "'abc' is no size" })[2], "'abc' is no size: capacity unknown");
  });

  it('give a condition its state unless it is simply true, and its message before its reason', () => {
    const conditions = [
      condition('Resizing', 'Unknown', '', 'Busy'),
      condition('Unused', 'True', '', 'NoPodsUsingPVC'),
      condition('ModifyVolumeError', 'True', 'too many requests', 'Limited'),
    ];
    assert.deepEqual(facts({ conditions, accessModes: [] }).slice(1, 4), [
      'Resizing: Unknown: Busy',
      'Unused: NoPodsUsingPVC',
      'ModifyVolumeError: too many requests',
    ]);
    assert.equal(facts({ conditions: [condition('Unused', 'False', '', 'PodUsingPVC')] }).length, 3);
  });

  it('name the pods that use the claim and no others, in natural order', () => {
    const pods = [podOf('db-10', 'data'), podOf('db-2', 'cache', 'data'), podOf('other', 'data-2')];
    assert.deepEqual(facts({}, { state: 'ready', pods }).slice(2), ['db-2: pod, Running', 'db-10: pod, Running']);
  });

  it('speak their description where they have one', () => {
    const record = claimOf('shop/data 80Gi', { volumeName: 'pvc1' });
    const rows = factRows(viewOf(), record, { state: 'loading' });
    const said = rows.map(({ accessibilityLabel }) => accessibilityLabel);
    assert.deepEqual([said[0], said.at(-1)], ['pvc1, volume', 'pods …']);
    assert.equal(rows[0]?.tooltip, 'pvc1 — volume');
  });

  it('have the exact capacity in the tooltip', () => {
    const record = claimOf('shop/data 80Gi', { capacityBytes: 100_000_000_000n });
    const row = factRows(viewOf(), record, noPods).find(({ description }) => description === 'capacity');
    assert.equal(row?.label, '93.1Gi');
    const tooltip = row?.tooltip.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    assert.equal(tooltip, '93.1Gi (100,000,000,000 bytes) — capacity');
  });

  it('say when pods are being read, and when they cannot be', () => {
    assert.equal(facts({}, { state: 'loading' }).at(-1), 'pods …: ');
    assert.equal(
      facts({}, { state: 'failed', message: 'pods is forbidden' }).at(-1),
      'pods unknown: pods is forbidden',
    );
  });
});

describe('rows', () => {
  const hostile = '[x](command:y) $(trash) <b>\u202e\n\u001b';
  const name = 'n'.repeat(253);
  const records = [
    claimOf('s/a 1Gi', { uid: '1', namespace: hostile, name: hostile, phase: hostile, storageClass: hostile }),
    claimOf('s/b ?', { uid: '2', namespace: hostile, name, volumeName: hostile, problem: hostile }),
    claimOf('s/c 1Gi', { uid: '3', namespace: hostile, conditions: [condition(hostile, 'True', hostile)] }),
  ];
  const pods: PodsFact = { state: 'ready', pods: [{ ...podOf(hostile, name), phase: hostile }] };

  function everyRow(): readonly Row[] {
    const view = viewOf({ claims: records, access: { [`${hostile}2`]: 'forbidden' } });
    const claims = records.flatMap((record) => [...factRows(view, record, pods)]);
    return [...rootRows(view), ...claimRows(view, hostile), ...withoutAccessRows(view), ...claims];
  }

  it('show hostile cluster text as text', () => {
    for (const { label, description, tooltip, accessibilityLabel } of everyRow()) {
      for (const text of [label, description, accessibilityLabel]) assert.doesNotMatch(text, /\p{Cc}|\u202e/u);
      assert.doesNotMatch(tooltip, /\]\(|\$\(|<|\u202e|command:/);
    }
  });

  it('keep a name of 253 characters whole', () => {
    assert.ok(everyRow().some(({ label }) => label === name));
  });

  it('have ids of their own and something to say aloud', () => {
    const rows = everyRow();
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    for (const { accessibilityLabel } of rows) assert.notEqual(accessibilityLabel, '');
  });
});
