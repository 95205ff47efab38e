import assert from 'node:assert/strict';
import type { ContextSummary, Target } from '../../../src/domain/target.ts';
import { type WayBack, wayBack } from '../../../src/presentation/wayBack.ts';
import { targetOf } from '../../support/views.ts';

const contexts: readonly ContextSummary[] = ['kind-dev', 'prod'].map((name) => ({
  name,
  cluster: name,
  namespace: 'default',
  current: false,
}));
const demo = targetOf({ contextName: 'demo', demo: true });

const ways: [what: string, asked: string, ofDemo: boolean, target: Target | undefined, way: WayBack][] = [
  ['the context that is followed', 'kind-dev', false, targetOf(), 'here'],
  ['another context', 'prod', false, targetOf(), 'switch'],
  ['another context while the demo is open', 'prod', false, demo, 'switch'],
  ['a context while none is followed', 'prod', false, undefined, 'switch'],
  ['a context that is in the kubeconfig no more', 'lab', false, targetOf(), 'gone'],
  ['the demo while it is open', 'demo', true, demo, 'here'],
  ['the demo that is closed', 'demo', true, targetOf(), 'openDemo'],
  ['the demo that is closed, beside a context of its name', 'kind-dev', true, targetOf(), 'openDemo'],
  ['a context of the name demo while the demo is open', 'demo', false, demo, 'gone'],
];

describe('the way back', () => {
  for (const [what, asked, ofDemo, target, way] of ways)
    it(`to ${what} is '${way}'`, () =>
      assert.equal(wayBack({ contextName: asked, demo: ofDemo }, target, contexts), way));
});
