import assert from 'node:assert/strict';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { claimState } from '../../../src/presentation/claimState.ts';
import { bytesOf, claimOf, storageClassOf } from '../../support/views.ts';

const classes = new Map([
  ['waits', storageClassOf('waits', true)],
  ['binds', storageClassOf('binds', false)],
]);

const is = (type: string, status = 'True') => ({ conditions: [{ type, status, reason: '', message: '' }] });
const from50 = { capacityBytes: bytesOf('50Gi') };
const grown = '50Gi → 80Gi · resizing';
const failed = '50Gi → 80Gi · resize failed';
const onMount = '50Gi → 80Gi · grows when a pod mounts it';

type Said = readonly [text: string | undefined, resize: string | undefined, level: string];

const rows: [what: string, claim: Partial<ClaimRecord>, said: Said][] = [
  ['simply bound', {}, [undefined, undefined, 'normal']],
  ['bound, a larger volume than asked for', { capacityBytes: bytesOf('100Gi') }, [undefined, undefined, 'normal']],
  [
    'terminating before anything else',
    { ...from50, terminating: true, phase: 'Lost' },
    ['Terminating', undefined, 'muted'],
  ],
  ['lost before resizing', { ...from50, ...is('Resizing'), phase: 'Lost' }, ['Lost', undefined, 'error']],
  ['asked to grow', from50, [undefined, grown, 'normal']],
  ['resizing by condition', { ...from50, ...is('Resizing') }, [undefined, grown, 'normal']],
  ['resizing no longer', { ...is('Resizing', 'False') }, [undefined, undefined, 'normal']],
  ['resizing by status', { ...from50, resizeStatus: 'ControllerResizeInProgress' }, [undefined, grown, 'normal']],
  ['resizing on the node', { ...from50, resizeStatus: 'NodeResizeInProgress' }, [undefined, grown, 'normal']],
  ['waiting for a mount by status', { ...from50, resizeStatus: 'NodeResizePending' }, [undefined, onMount, 'normal']],
  ['waiting for a mount by condition', { ...from50, ...is('FileSystemResizePending') }, [undefined, onMount, 'normal']],
  [
    'refused by the controller',
    { ...from50, resizeStatus: 'ControllerResizeInfeasible' },
    [undefined, failed, 'error'],
  ],
  ['refused by the node', { ...from50, resizeStatus: 'NodeResizeInfeasible' }, [undefined, failed, 'error']],
  ['failed, older word', { ...from50, resizeStatus: 'NodeResizeFailed' }, [undefined, failed, 'error']],
  ['failed by condition', { ...from50, ...is('ControllerResizeError') }, [undefined, failed, 'error']],
  ['failed on the node by condition', { ...from50, ...is('NodeResizeError') }, [undefined, failed, 'error']],
  [
    'failed before waiting for a mount',
    { ...from50, ...is('FileSystemResizePending'), resizeStatus: 'NodeResizeInfeasible' },
    [undefined, failed, 'error'],
  ],
  ['resizing to what it has', { resizeStatus: 'NodeResizeInProgress' }, [undefined, '80Gi · resizing', 'normal']],
  ['pending', { phase: 'Pending' }, ['Pending', undefined, 'warning']],
  ['pending, class binds at once', { phase: 'Pending', storageClass: 'binds' }, ['Pending', undefined, 'warning']],
  ['pending, class unknown', { phase: 'Pending', storageClass: 'gone' }, ['Pending', undefined, 'warning']],
  [
    'pending, class waits for a consumer',
    { phase: 'Pending', storageClass: 'waits' },
    ['waiting for first pod', undefined, 'normal'],
  ],
  ['bound, class waits for a consumer', { storageClass: 'waits' }, [undefined, undefined, 'normal']],
  ['of a phase to come', { phase: 'Moving' }, ['Moving', undefined, 'muted']],
];

describe('state of a claim', () => {
  for (const [what, claim, said] of rows) {
    it(`${what}: ${said[0] ?? said[1] ?? 'nothing to say'}`, () => {
      const { text, resize, level } = claimState(claimOf('shop/a 80Gi', claim), classes);
      assert.deepEqual([text, resize, level], said);
    });
  }

  it('has a neutral icon while it waits for its first pod, and a tinted one when something is wrong', () => {
    const color = (claim: Partial<ClaimRecord>) => claimState(claimOf('shop/a 80Gi', claim), classes).icon.color;
    assert.equal(color({ phase: 'Pending', storageClass: 'waits' }), undefined);
    assert.equal(color({ phase: 'Pending' }), 'problemsWarningIcon.foreground');
    assert.equal(color({ phase: 'Lost' }), 'problemsErrorIcon.foreground');
    assert.equal(color({ resizeStatus: 'NodeResizeInfeasible' }), 'problemsErrorIcon.foreground');
  });

  it('shows the size being grown to as it is charged after a failed growth was lowered again', () => {
    const claim = claimOf('shop/a 80Gi', {
      ...from50,
      requestedBytes: bytesOf('60Gi'),
      resizeStatus: 'ControllerResizeInfeasible',
    });
    assert.equal(claimState(claim, classes).resize, failed);
  });

  it('says nothing of sizes it does not know', () => {
    assert.equal(claimState(claimOf('shop/a ?', is('Resizing')), classes).resize, 'resizing');
  });
});
