import { toDisposable } from '../../src/base/disposable.ts';
import type { CredentialGate } from '../../src/cluster/credentialGate.ts';
import { mergeKubeconfigs } from '../../src/cluster/kubeconfig.ts';
import { resolveContext } from '../../src/cluster/resolveContext.ts';
import type { ResolvedTarget } from '../../src/cluster/resolvedTarget.ts';
import { noProxies } from './noProxies.ts';

/** The target of the current context of a kubeconfig, resolved as the product does it. Throws what is wrong with it. */
export function targetOfText(kubeconfig: string): ResolvedTarget {
  const config = mergeKubeconfigs([{ file: '/test/kubeconfig', text: kubeconfig }]);
  if (!config.ok) throw new Error(config.error.message);
  const origin = { label: 'test', files: [] };
  const target = resolveContext(config.value, config.value.currentContext ?? '', origin, noProxies);
  if (!target.ok) throw new Error(target.error.message);
  return target.value;
}

/** A gate that lets every credential plugin run. */
export const willingGate: CredentialGate = {
  ask: async () => 'yes',
  lock: async () => toDisposable(() => {}),
  remember: async () => {},
};
