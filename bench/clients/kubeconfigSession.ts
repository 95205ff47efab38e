import { systemClock } from '../../src/base/clock.ts';
import { toDisposable } from '../../src/base/disposable.ts';
import { silentLog } from '../../src/base/log.ts';
import { mergeKubeconfigs } from '../../src/cluster/kubeconfig.ts';
import { resolveContext } from '../../src/cluster/resolveContext.ts';
import { openGatedSession } from '../../src/session/openSession.ts';
import type { Session } from '../../src/session/session.ts';

/** Opens a session as the product does, on the current context of a kubeconfig. */
export function kubeconfigSession(text: string): Session {
  const config = mergeKubeconfigs([{ file: '/bench/kubeconfig', text }]);
  if (!config.ok) throw new Error(config.error.message);
  const context = config.value.currentContext ?? '';
  const target = resolveContext(
    config.value,
    context,
    { label: 'bench', files: [] },
    { env: {}, editor: { url: '', noProxy: [] } },
  );
  if (!target.ok) throw new Error(target.error.message);
  let sequence = 0;
  return openGatedSession({
    target: target.value,
    scope: { namespaces: [], labelSelector: '', fieldSelector: '' },
    gate: { ask: async () => 'yes', lock: async () => toDisposable(() => {}), remember: async () => {} },
    env: {},
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    sequence: () => ++sequence,
  });
}
