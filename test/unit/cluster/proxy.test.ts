import assert from 'node:assert/strict';
import { proxyFor, shownProxy } from '../../../src/cluster/proxy.ts';

type Environment = Readonly<Record<string, string>>;

function proxyOf(server: string, env: Environment, proxyUrl?: string): string {
  const result = proxyFor(server, proxyUrl, env, 'c');
  return result.ok ? (result.value ?? 'direct') : `${result.error.reason}: ${result.error.message}`;
}

describe('proxy', () => {
  const server = 'https://api.example.test:6443';
  const proxy = 'http://proxy.test:3128/';

  it('is that of the kubeconfig before the environment, for every server', () => {
    const env = { HTTPS_PROXY: 'http://other', NO_PROXY: '*' };
    assert.equal(proxyOf('https://127.0.0.1:6443', env, 'http://proxy.test:3128'), proxy);
    assert.match(proxyOf(server, env, 'socks5://me:p%40ss@s.test:1080'), /^socks5:\/\/me:p%40ss@s\.test:1080/);
  });

  it('is that of the environment by the scheme of the server, in upper case first', () => {
    const env = { HTTPS_PROXY: 'http://proxy.test:3128', https_proxy: 'http://lower', http_proxy: 'plain.test:1' };
    assert.equal(proxyOf(server, env), proxy);
    assert.equal(proxyOf('http://api.example.test', env), 'http://plain.test:1/');
    assert.equal(proxyOf(server, { https_proxy: 'http://proxy.test:3128' }), proxy);
    assert.equal(proxyOf(server, {}), 'direct');
    assert.equal(proxyOf(server, { HTTP_PROXY: 'http://proxy.test:3128' }), 'direct');
  });

  for (const address of ['https://localhost:6443', 'https://127.3.2.1', 'https://[::1]:6443'])
    it(`of the environment is not for ${address}`, () =>
      assert.equal(proxyOf(address, { HTTPS_PROXY: 'http://proxy.test:3128' }), 'direct'));

  for (const [noProxy, address, goes] of [
    ['*', server, 'direct'],
    ['example.test', server, 'direct'],
    ['EXAMPLE.TEST', server, 'direct'],
    [' a , api.example.test ', server, 'direct'],
    ['.example.test', server, 'direct'],
    ['*.example.test', server, 'direct'],
    ['.api.example.test', server, proxy],
    ['ample.test', server, proxy],
    ['api.example.test:6443', server, 'direct'],
    ['api.example.test:443', server, proxy],
    ['api.example.test:443', 'https://api.example.test', 'direct'],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', 'direct'],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', proxy],
    ['10.1.2.3', 'https://10.1.2.3:6443', 'direct'],
    ['10.1.2.3:443', 'https://10.1.2.3:6443', proxy],
    ['fd00::/8', 'https://[fd12::1]:6443', 'direct'],
    ['fd12::1', 'https://[fd12::1]:6443', 'direct'],
    ['[fd12::1]:6443', 'https://[fd12::1]:6443', 'direct'],
    ['10.0.0.0/99', 'https://10.1.2.3:6443', proxy],
    [',,:6443,', server, proxy],
  ] as const) {
    it(`with NO_PROXY '${noProxy}' is ${goes} for ${address}`, () =>
      assert.equal(proxyOf(address, { HTTPS_PROXY: proxy, NO_PROXY: noProxy }), goes));
  }

  it('that cannot be used is an error without its password, never a direct connection', () => {
    for (const url of ['ftp://u:secret@p', 'socks4://u:secret@p', 'u:secret@p', 'http://u:secret%zz@p']) {
      const says = proxyOf(server, {}, url);
      assert.match(says, /^config: The proxy-url of cluster c is not an http, https or socks5 address/);
      assert.doesNotMatch(says, /secret/);
    }
    assert.match(proxyOf(server, { HTTPS_PROXY: 'ftp://u:secret@p' }), /^config: .*HTTPS_PROXY is not[^:]*$/);
  });

  it('is shown without user and password', () => {
    assert.equal(shownProxy('http://me:secret@proxy.test:3128/'), 'http://proxy.test:3128');
    assert.equal(shownProxy('socks5://me:secret@proxy.test:1080'), 'socks5://proxy.test:1080');
  });
});
