/** Why a text cannot be a bearer token; undefined for one that can. */
export function tokenProblem(text: string): string | undefined {
  if (text.trim() === '') return 'A token is expected.';
  return /^[\x21-\x7e]+$/.test(text.trim()) ? undefined : 'A token has no blanks and no characters beyond ASCII.';
}

/** A header as `Name: value`, or why it is none. Its value is never part of a problem. */
export function readHeader(
  text: string,
): { readonly name: string; readonly value: string; readonly problem?: never } | { readonly problem: string } {
  const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(text) ?? [];
  if (name === undefined || value === undefined || value === '')
    return { problem: 'A header such as X-Scope-OrgID: shop is expected.' };
  if (!/^[\x20-\x7e]+$/.test(value)) return { problem: 'The value has characters that a header cannot have.' };
  if (/^(host|content-length|transfer-encoding|connection|upgrade)$/i.test(name))
    return { problem: `${name} is not a header that can be set.` };
  return { name, value };
}

/** Whether what is sent there can be read on the way: no TLS, and not on this machine. */
export function isReadable(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
