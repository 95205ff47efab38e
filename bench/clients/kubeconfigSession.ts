import { systemClock } from '../../src/base/clock.ts';
import { toDisposable } from '../../src/base/disposable.ts';
import { silentLog } from '../../src/base/log.ts';
import { Connection } from '../../src/cluster/connection.ts';
import type { CredentialGate } from '../../src/cluster/credentialGate.ts';
import { credentialsOf } from '../../src/cluster/credentials.ts';
import { mergeKubeconfigs } from '../../src/cluster/kubeconfig.ts';
import { resolveContext } from '../../src/cluster/resolveContext.ts';
import type { ResolvedTarget } from '../../src/cluster/resolvedTarget.ts';
import { openGatedSession } from '../../src/session/openSession.ts';
import type { Session } from '../../src/session/session.ts';

const gate: CredentialGate = {
  ask: async () => 'yes',
  lock: async () => toDisposable(() => {}),
  remember: async () => {},
};

/** The current context of a kubeconfig. */
export function kubeconfigTarget(text: string): ResolvedTarget {
  const config = mergeKubeconfigs([{ file: '/bench/kubeconfig', text }]);
  if (!config.ok) throw new Error(config.error.message);
  const context = config.value.currentContext ?? '';
  const proxies = { env: {}, editor: { url: '', noProxy: [] } };
  const target = resolveContext(config.value, context, { label: 'bench', files: [] }, proxies);
  if (!target.ok) throw new Error(target.error.message);
  return target.value;
}

/** Opens a session as the product does, on the current context of a kubeconfig. */
export function kubeconfigSession(text: string): Session {
  let sequence = 0;
  return openGatedSession({
    target: kubeconfigTarget(text),
    scope: { namespaces: [], labelSelector: '', fieldSelector: '' },
    gate,
    env: {},
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    sequence: () => ++sequence,
  });
}

/** The product's connection to the current context of a kubeconfig, for a measurement of single requests. */
export function kubeconfigConnection(text: string): Connection {
  const target = kubeconfigTarget(text);
  return new Connection(target, credentialsOf(target, { gate, env: {}, clock: systemClock }), silentLog);
}
