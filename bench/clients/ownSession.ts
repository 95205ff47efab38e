import { createRequire } from 'node:module';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { ResolvedTarget } from '../../src/cluster/resolvedTarget.ts';
import type { openSession } from '../../src/session/openSession.ts';
import type { Session } from '../../src/session/session.ts';

/** Loads the bundle as it is shipped, and returns how to open a session with it. */
export function loadOwn(bundle: string): (server: string) => Session {
  const cluster = createRequire(import.meta.url)(bundle) as { readonly openSession: typeof openSession };
  let sequence = 0;
  return (server) =>
    cluster.openSession({
      target: targetOf(server),
      scope: { namespaces: [], labelSelector: '', fieldSelector: '' },
      credentials: () => ({ canRefresh: false, get: async () => ({ ok: true, value: {} }) }),
      clock: systemClock,
      random: Math.random,
      log: silentLog,
      sequence: () => ++sequence,
    });
}

function targetOf(server: string): ResolvedTarget {
  const target = {
    key: 'bench',
    contextName: 'bench',
    clusterName: 'bench',
    server,
    userName: 'bench',
    namespace: 'default',
    source: 'bench',
    demo: false,
  };
  const cluster = { name: 'bench', server, insecureSkipTlsVerify: false };
  return { target, cluster, user: { name: 'bench' }, fingerprint: 'bench', files: [] };
}
