import assert from 'node:assert/strict';
import { noAlerts } from '../../../src/domain/episode.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import type { Target } from '../../../src/domain/target.ts';
import { diagnosticsReport } from '../../../src/presentation/diagnosticsReport.ts';
import { measureStorage, storageView } from '../../../src/presentation/storageView.ts';
import { viewDescription } from '../../../src/presentation/welcome.ts';
import { heardMs, snapshotOf, targetOf } from '../../support/views.ts';

const facts = { extensionVersion: '', vscodeVersion: '', nodeVersion: '', platform: '', nowMs: heardMs };
const viewFor = (target: Target | undefined, pinned: string | undefined) =>
  storageView(measureStorage(snapshotOf({ target }), defaultSettings), noAlerts, new Map(), {
    pinned,
    remote: undefined,
  });

const targets: [what: string, target: Target | undefined, pinned: string | undefined, isPinned: boolean][] = [
  ['the pinned context', targetOf(), 'kind-dev', true],
  ['another context', targetOf(), 'prod-eu', false],
  ['a context without a pin', targetOf(), undefined, false],
  ['the demo cluster', targetOf({ contextName: 'demo', demo: true }), 'kind-dev', false],
  ['the demo cluster beside a context of its name', targetOf({ contextName: 'demo', demo: true }), 'demo', false],
  ['the account of a pod', targetOf({ contextName: 'in-cluster' }), 'kind-dev', false],
  ['no cluster', undefined, 'kind-dev', false],
];

describe('what is drawn', () => {
  for (const [what, target, pinned, isPinned] of targets) {
    it(`is ${isPinned ? '' : 'not '}said to be pinned for ${what}`, () => {
      const view = viewFor(target, pinned);
      assert.equal(view.pinned, isPinned);
      assert.equal(viewDescription(view).endsWith(' (pinned)'), isPinned);
      const report = diagnosticsReport(view, { ...facts, session: undefined, settings: defaultSettings });
      assert.equal(report.includes('(pinned)'), isPinned);
    });
  }
});
