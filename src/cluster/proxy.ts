import { BlockList, isIP } from 'node:net';
import { fail, type Result, succeed } from '../domain/apiError.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** VS Code's own proxy: `http.proxy` ('' for none) and `http.noProxy`. */
export interface EditorProxy {
  readonly url: string;
  readonly noProxy: readonly string[];
}

/** Where a proxy may be named, besides the kubeconfig. */
export interface ProxySources {
  readonly env: Environment;
  readonly editor: EditorProxy;
}

/**
 * The proxy to reach a server through, with the user and password it may need, or undefined for none.
 *
 * `proxy-url` of the kubeconfig counts always; else HTTPS_PROXY or HTTP_PROXY, else VS Code's own, both unless the server is on
 * loopback or in NO_PROXY (names with their subdomains, addresses, CIDR, ports), as Go's `httpproxy` reads them; VS Code's own
 * also not for what its `http.noProxy` names. One that cannot be used is an error, not a direct connection: a proxy may be
 * there so that nothing else is reached. No message holds its password.
 */
export function proxyFor(
  server: string,
  proxyUrl: string | undefined,
  { env, editor }: ProxySources,
  clusterName: string,
): Result<string | undefined> {
  if (proxyUrl !== undefined) {
    const proxy = parsed(proxyUrl);
    if (proxy && ['http:', 'https:', 'socks5:'].includes(proxy.protocol)) return succeed(proxy.href);
    return fail(
      'config',
      `The proxy-url of cluster ${clusterName} is not an http, https or socks5 address. Check the kubeconfig.`,
    );
  }
  const url = new URL(server);
  if (isExempt(url, variable(env, 'NO_PROXY').split(','))) return succeed(undefined);
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = variable(env, name);
  if (value !== '') return outsideProxy(value, `environment variable ${name}`);
  if (editor.url === '' || isExempt(url, editor.noProxy)) return succeed(undefined);
  // VS Code takes `socks` for the newest of them.
  return outsideProxy(editor.url.replace(/^socks:/i, 'socks5:'), 'setting http.proxy');
}

function outsideProxy(value: string, what: string): Result<string> {
  const proxy = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? parsed(value) : parsed(`http://${value}`);
  if (proxy && ['http:', 'https:', 'socks5:', 'socks5h:'].includes(proxy.protocol)) return succeed(proxy.href);
  return fail('config', `The ${what} is not an http, https or socks5 address.`);
}

/** A proxy's address as it may be shown. */
export function shownProxy(proxy: string): string {
  const { protocol, host } = new URL(proxy);
  return `${protocol}//${host}`;
}

function variable(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

function parsed(text: string): URL | undefined {
  try {
    const url = new URL(text);
    // What cannot be decoded cannot be sent.
    decodeURIComponent(url.username + url.password);
    return url.hostname === '' ? undefined : url;
  } catch {
    return undefined;
  }
}

function isExempt(url: URL, noProxy: readonly string[]): boolean {
  const host = bare(url.hostname.toLowerCase());
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  const entries = noProxy.map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [network, bits] = entry.split('/');
  if (network !== undefined && bits !== undefined && isIP(network)) return isWithin(host, network, Number(bits));
  // `::1` has colons but no port; `[::1]:6443` and `host:6443` have one.
  const [, name = entry, wantedPort = port] = isIP(entry) ? [] : (/^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []);
  const wanted = bare(name);
  if (wanted === '' || wantedPort !== port) return false;
  if (isIP(wanted)) return isIP(host) !== 0 && isWithin(host, wanted, isIP(wanted) === 4 ? 32 : 128);
  const domain = wanted.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isLoopback(host: string): boolean {
  return isWithin(host, '127.0.0.0', 8) || isWithin(host, '::1', 128);
}

function isWithin(host: string, network: string, bits: number): boolean {
  const families = { 4: 'ipv4', 6: 'ipv6' } as const;
  const [family, own] = [isIP(network), isIP(host)];
  if ((family !== 4 && family !== 6) || (own !== 4 && own !== 6)) return false;
  if (!(bits >= 0 && bits <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, families[family]);
  return list.check(host, families[own]);
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
