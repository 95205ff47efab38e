import { binaryContract } from './binaryContract.ts';
import type { ContractCluster } from './contractCluster.ts';
import { historyContract } from './historyContract.ts';
import { listContract } from './listContract.ts';
import { RawClient } from './rawClient.ts';
import { selectorContract } from './selectorContract.ts';
import { sessionContract } from './sessionContract.ts';
import { watchContract } from './watchContract.ts';
import { writeContract } from './writeContract.ts';

export type { ContractCluster };

/** A started cluster and a client of it, there from the first test on. */
export interface ContractContext {
  readonly cluster: ContractCluster;
  readonly client: RawClient;
}

/**
 * What PVC Watch relies on in an API server, seen through plain HTTP and through our own client. Both the simulated and
 * the real one have to pass it. Nothing in it measures time.
 */
export function clusterContract(name: string, start: () => Promise<ContractCluster>): void {
  describe(`contract: ${name}`, function () {
    this.timeout(300_000);
    let started: ContractContext | undefined;
    const context = (): ContractContext => {
      if (!started) throw new Error('The cluster has not been started.');
      return started;
    };
    before(async () => {
      const cluster = await start();
      started = { cluster, client: new RawClient(cluster) };
    });
    after(async () => await started?.cluster.stop());

    listContract(context);
    writeContract(context);
    watchContract(context);
    selectorContract(context);
    binaryContract(context);
    sessionContract(context);
    // Last: on a real server it takes a restart.
    historyContract(context);
  });
}
