import assert from 'node:assert/strict';
import { type KubectlReach, kubectlReach, signInRefusal } from '../../../src/presentation/kubectlReach.ts';
import { targetOf } from '../../support/views.ts';

const reaches: [demo: boolean, files: readonly string[], reach: KubectlReach, refusal: RegExp | undefined][] = [
  [false, ['/home/dev/.kube/config'], 'kubeconfig', undefined],
  [false, [], 'inCluster', /account of the pod/],
  [true, [], 'demo', /only in this window/],
  [true, ['/home/dev/.kube/config'], 'demo', /only in this window/],
];

describe('what kubectl reaches', () => {
  for (const [demo, files, reach, refusal] of reaches) {
    it(`of ${demo ? 'the demo' : 'a cluster'} with ${files.length} files: ${reach}`, () => {
      assert.equal(kubectlReach(targetOf({ demo }), files), reach);
      if (refusal) assert.match(signInRefusal(reach) ?? '', refusal);
      else assert.equal(signInRefusal(reach), undefined);
    });
  }
});
