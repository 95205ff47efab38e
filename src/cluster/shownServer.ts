/** The address of a server as it may be shown: without a user and password. */
export function shownServer(server: string): string {
  const url = new URL(server);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
