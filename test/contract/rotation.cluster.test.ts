import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../../src/session/session.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { until } from '../support/until.ts';
import { openContractSession } from './contractSession.ts';

const limitMs = 30_000;

describe('rotated credentials, on a real kube-apiserver', () => {
  let plane: ControlPlane;
  let stop: () => Promise<void> = async () => {};
  let folder = '';
  let session: Session | undefined;
  const now = (name: string) => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-rotated-'));
    const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] };
    writeFileSync(now('policy.json'), JSON.stringify(policy));
    const apiServerFlags = ['--audit-policy-file', now('policy.json'), '--audit-log-path', now('audit.log')];
    plane = await ControlPlane.start({ controllerManager: false, apiServerFlags });
    stop = () => plane.stop();
  });
  afterEach(() => session?.dispose());
  after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Follows the cluster as the user that these fields prove. */
  function follow(user: object): { readonly states: string[]; readonly opened: Session } {
    const whole = { ...plane.kubeconfigObject('viewer', 'rotated'), users: [{ name: 'viewer', user }] };
    const kubeconfig = JSON.stringify(whole);
    const opened = openContractSession({
      server: plane.server,
      token: '',
      waitingClass: '',
      kubeconfig,
      expireHistory: () => plane.compact(),
      stop,
    });
    session = opened;
    const states: string[] = [];
    opened.snapshot.subscribe(({ connection: { state } }) => {
      // Whether it is seen to connect at first is a matter of time.
      const first = states.length === 0 && state === 'connecting';
      if (!first && states.at(-1) !== state) states.push(state);
    });
    return { states, opened };
  }

  /** Whether the API server has been asked by this user to let claims be watched. */
  function watchedBy(username: string): boolean {
    const lines = existsSync(now('audit.log')) ? readFileSync(now('audit.log'), 'utf8').split('\n') : [];
    return lines
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as { verb?: string; user?: { username?: string }; requestURI?: string })
      .some(
        ({ verb, user, requestURI }) =>
          verb === 'watch' && user?.username === username && requestURI?.startsWith('/api/v1/persistentvolumeclaims?'),
      );
  }

  async function seesClaim(opened: Session, name: string): Promise<void> {
    await plane.admin.must('POST', '/api/v1/namespaces/default/persistentvolumeclaims', {
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await until(`${name} is seen`, limitMs, () =>
      [...(opened.snapshot.value.namespaces.get('default')?.claims.values() ?? [])].some(
        (claim) => claim.name === name,
      ),
    );
  }

  it('are used by a watch at once, in the same session and without a failure: a client certificate', async () => {
    const put = (name: string) => {
      const { certFile, keyFile } = plane.certificate(name, `/O=viewers/CN=${name}`);
      copyFileSync(certFile, now('user.crt'));
      copyFileSync(keyFile, now('user.key'));
    };
    put('cert-one');
    const { opened, states } = follow({ 'client-certificate': now('user.crt'), 'client-key': now('user.key') });
    await until(
      'it watches',
      limitMs,
      () => watchedBy('cert-one') && opened.snapshot.value.connection.state === 'live',
    );
    const before = opened.diagnostics();
    put('cert-two');
    await until('it watches with the new certificate', limitMs, () => watchedBy('cert-two'));
    await seesClaim(opened, 'after-rotation');
    assert.deepEqual(states, ['live']);
    const after = opened.diagnostics();
    assert.equal(after.connections, before.connections + 1);
    assert.deepEqual(
      after.reflectors.map(({ lists, failures }) => [lists, failures]),
      before.reflectors.map(({ lists, failures }) => [lists, failures]),
      'nothing was listed again',
    );
  });

  it('are used by a watch at once, in the same session and without a failure: a token file', async () => {
    writeFileSync(now('token'), plane.token('viewer'));
    const { opened, states } = follow({ tokenFile: now('token') });
    await until('it watches', limitMs, () => watchedBy('viewer') && opened.snapshot.value.connection.state === 'live');
    writeFileSync(now('token'), plane.token('admin'));
    await until('it watches with the new token', limitMs, () => watchedBy('admin'));
    await seesClaim(opened, 'after-token');
    assert.deepEqual(states, ['live']);
  });
});
