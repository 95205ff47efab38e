import { systemClock } from '../../src/base/clock.ts';
import { toDisposable } from '../../src/base/disposable.ts';
import { silentLog } from '../../src/base/log.ts';
import { credentialsOf } from '../../src/cluster/credentials.ts';
import { mergeKubeconfigs } from '../../src/cluster/kubeconfig.ts';
import { resolveContext } from '../../src/cluster/resolveContext.ts';
import type { Scope } from '../../src/domain/target.ts';
import { openSession } from '../../src/session/openSession.ts';
import type { Session } from '../../src/session/session.ts';
import { noProxies } from '../support/noProxies.ts';
import type { ContractCluster } from './contractCluster.ts';

/** Our own client stack on the cluster, from the kubeconfig on. */
export function openContractSession(cluster: ContractCluster, scope: Partial<Scope> = {}): Session {
  const config = mergeKubeconfigs([{ file: '/contract/kubeconfig', text: cluster.kubeconfig }]);
  if (!config.ok) throw new Error(config.error.message);
  const name = config.value.currentContext ?? '';
  const target = resolveContext(config.value, name, { label: 'contract', files: [] }, noProxies);
  if (!target.ok) throw new Error(target.error.message);
  const gate = { ask: async () => 'yes' as const, lock: async () => toDisposable(() => {}), remember: async () => {} };
  let sequence = 0;
  return openSession({
    target: target.value,
    scope: { namespaces: [], labelSelector: '', fieldSelector: '', ...scope },
    credentials: (resolved) => credentialsOf(resolved, { gate, clock: systemClock, env: {} }),
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    sequence: () => ++sequence,
  });
}
