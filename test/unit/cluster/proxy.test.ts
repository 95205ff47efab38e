import assert from 'node:assert/strict';
import { type EditorProxy, proxyFor, shownProxy } from '../../../src/cluster/proxy.ts';

type Environment = Readonly<Record<string, string>>;

function proxyOf(server: string, env: Environment, proxyUrl?: string, editor: Partial<EditorProxy> = {}): string {
  const result = proxyFor(server, proxyUrl, { env, editor: { url: '', noProxy: [], ...editor } }, 'c');
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

  it("is VS Code's own last, for what nobody else names one for", () => {
    const editor = { url: 'http://editor.test:8080' };
    assert.equal(proxyOf(server, {}, undefined, editor), 'http://editor.test:8080/');
    assert.equal(proxyOf('http://api.example.test', {}, undefined, editor), 'http://editor.test:8080/');
    assert.equal(proxyOf(server, { HTTPS_PROXY: proxy }, undefined, editor), proxy);
    assert.equal(proxyOf(server, {}, proxy, editor), proxy);
    // That of the environment is for http servers only.
    assert.equal(proxyOf(server, { HTTP_PROXY: proxy }, undefined, editor), 'http://editor.test:8080/');
    for (const [written, taken] of [
      ['socks5://s.test:1', 'socks5://s.test:1'],
      ['SOCKS://s.test:1', 'socks5://s.test:1'],
      ['socks5h://s.test:1', 'socks5h://s.test:1'],
      ['https://p.test', 'https://p.test/'],
    ])
      assert.equal(proxyOf(server, {}, undefined, { url: written ?? '' }), taken);
  });

  it('of VS Code is not for loopback, nor for what is exempt by NO_PROXY or http.noProxy', () => {
    const editor = { url: 'http://editor.test:8080', noProxy: ['.internal', '10.0.0.0/8'] };
    for (const address of [
      'https://localhost:6443',
      'https://127.0.0.1',
      'https://a.internal',
      'https://10.1.2.3:6443',
    ])
      assert.equal(proxyOf(address, {}, undefined, editor), 'direct');
    assert.equal(proxyOf(server, { NO_PROXY: 'example.test' }, undefined, editor), 'direct');
    assert.equal(proxyOf(server, { HTTPS_PROXY: proxy, NO_PROXY: 'example.test' }, undefined, editor), 'direct');
  });

  it('of VS Code that cannot be used is an error without its password', () => {
    for (const url of ['socks4://u:secret@p', 'ftp://u:secret@p', 'http://u:secret%zz@p']) {
      const says = proxyOf(server, {}, undefined, { url });
      assert.equal(says, 'config: The setting http.proxy is not an http, https or socks5 address.');
    }
  });

  it('is shown without user and password', () => {
    assert.equal(shownProxy('http://me:secret@proxy.test:3128/'), 'http://proxy.test:3128');
    assert.equal(shownProxy('socks5://me:secret@proxy.test:1080'), 'socks5://proxy.test:1080');
  });
});
