import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import { PrometheusSecrets } from '../../../src/host/prometheusSecrets.ts';

/** VS Code's secret storage as far as it is used. */
function storage() {
  const kept = new Map<string, string>();
  const listeners = new Set<(event: { readonly key: string }) => void>();
  const tell = (key: string) => {
    for (const listener of listeners) listener({ key });
  };
  const secrets = {
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => {
      kept.set(key, value);
      tell(key);
    },
    delete: async (key: string) => {
      kept.delete(key);
      tell(key);
    },
    onDidChange: (listener: (event: { readonly key: string }) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  return { kept, tell, listeners, secrets: secrets as unknown as SecretStorage };
}

describe('credentials of Prometheuses', () => {
  it('are kept for an origin, and given to no other', async () => {
    const { secrets } = storage();
    const own = new PrometheusSecrets(secrets);
    await own.keep('https://prom.example/a', { token: 'secret', headers: { 'X-Scope-OrgID': 'shop' } });
    assert.deepEqual(await own.of('https://prom.example/b'), { token: 'secret', headers: { 'X-Scope-OrgID': 'shop' } });
    for (const other of ['http://prom.example', 'https://prom.example:8443', 'https://prom.example.org'])
      assert.deepEqual(await own.of(other), {}, other);
  });

  it('tell when they change, whichever window has changed them, and not of the secrets of others', async () => {
    const { secrets, tell, listeners } = storage();
    const own = new PrometheusSecrets(secrets);
    let told = 0;
    own.changes.subscribe(() => told++);
    await own.keep('https://prom.example', { token: 'secret' });
    tell('something else');
    tell('pvcwatch.prometheus https://other.example');
    assert.equal(told, 2);
    own.dispose();
    assert.equal(listeners.size, 0);
  });

  it('leave nothing behind when they are removed', async () => {
    const { secrets, kept } = storage();
    const own = new PrometheusSecrets(secrets);
    await own.keep('https://prom.example', { token: 'secret' });
    await own.keep('https://prom.example', {});
    assert.equal(kept.size, 0);
  });

  it('are none where what is kept is something else', async () => {
    const { secrets, kept } = storage();
    const own = new PrometheusSecrets(secrets);
    for (const text of ['no JSON', '[]', '5', '{"token":5,"headers":{"a":1}}']) {
      kept.set('pvcwatch.prometheus https://prom.example', text);
      assert.deepEqual(await own.of('https://prom.example'), {}, text);
    }
  });
});
