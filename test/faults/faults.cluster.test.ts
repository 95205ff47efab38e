import { createClaim } from '../support/claimWriter.ts';
import { controlPlaneBinaries } from '../support/controlPlane.ts';
import { rightsFaults } from './rightsFaults.ts';
import { serverFaults } from './serverFaults.ts';
import { Stage } from './stage.ts';
import { switchFaults } from './switchFaults.ts';
import { wayFaults } from './wayFaults.ts';

if (controlPlaneBinaries() === undefined) {
  throw new Error(
    'KUBEBUILDER_ASSETS names no folder with kube-apiserver, so faults of a real one cannot be tested. See test/controlplane/README.md.',
  );
}

/** One control plane for all of them: each leaves it as whole as it found it. */
describe('faults: a session on a real kube-apiserver', function () {
  this.timeout(120_000);
  let started: Stage | undefined;
  const stage = (): Stage => {
    if (!started) throw new Error('The control plane has not been started.');
    return started;
  };
  before(async function () {
    this.timeout(300_000);
    started = await Stage.start();
    for (const [namespace, name] of [
      ['shop', 'data-db-0'],
      ['shop', 'cache'],
      ['blog', 'media'],
      ['default', 'scratch'],
    ] as const)
      await createClaim(started.plane.admin, namespace, name, '1Gi');
  });
  afterEach(async () => await started?.strike());
  after(async () => await started?.stop());

  wayFaults(stage);
  rightsFaults(stage);
  switchFaults(stage);
  serverFaults(stage);
});
