/** `1 claim`, `3 claims`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** With a capital at its beginning. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** A part of a whole as somebody wrote it, with what decimals it has: `15%`, `2.5%`. */
export function percentOf(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))}%`;
}

/** How long ago, coarse: `just now`, `40 s` (in tens), `14 min`, `2 h`, `3 d`. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (ms < 10_000) return 'just now';
  if (minutes < 1) return `${Math.floor(ms / 10_000)}0 s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** `just now`, `40 s ago`, `14 min ago`. */
export function ago(ms: number): string {
  const text = age(ms);
  return text === 'just now' ? text : `${text} ago`;
}

let collator: Intl.Collator | undefined;

/** `data-2` before `data-10`. The collator is made when it is first needed: that takes some milliseconds. */
export function naturalOrder(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b);
}

/** A context's short name: its label if configured, else the last segment of an ARN or `gke_project_zone_name`, else the name. */
export function shortContextName(name: string, label?: string): string {
  if (label) return label;
  if (name.startsWith('arn:')) return /[^/:]+$/.exec(name)?.[0] ?? name;
  const gke = /^gke_[^_]+_[^_]+_(.+)$/.exec(name);
  return gke?.[1] ?? name;
}

const control = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

/** Cluster text on one line, without control and direction characters, and no longer than `limit`. */
export function plain(text: string, limit = 253): string {
  const line = text.replace(control, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** For places that render `$(name)` as an icon: status bar, quick picks. A zero-width space takes it apart. */
export function withoutIcons(text: string): string {
  return plain(text).replaceAll('$(', '$\u200b(');
}

/** Cluster text in a notification, where `[text](target)` would become a link. */
export function withoutLinks(text: string, limit?: number): string {
  return plain(text, limit).replaceAll('](', ']\u200b(');
}

/**
 * A whole notification, or the prompt of an input box. VS Code makes links in both, commands among them, and cluster text,
 * settings and errors end up in many; so nothing is shown that has not gone through here.
 */
export function messageText(text: string): string {
  return withoutLinks(text.replaceAll(']\u200b(', ']('), 1000);
}

/** Cluster text in a task, where VS Code expands `${…}` in arguments and environment, and `${command:id}` runs a command. */
export function withoutVariables(text: string): string {
  return text.replaceAll('${', '$ {');
}

/** Cluster text as one segment of a URI's path. Half a surrogate pair, which no URI can hold, is replaced. */
export function uriSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Cluster text in Markdown: nothing in it is markup, a link, HTML or an icon. */
export function markdown(text: string): string {
  return plain(text).replace(/[\\`*_{}[\]()#+\-.!|<>~&$:@]/g, (character) => `&#${character.codePointAt(0)};`);
}

/**
 * One argument for a POSIX shell, or for PowerShell and cmd on Windows. Nothing in it is expanded or run by any of them, except
 * that cmd puts in the value of a `%VARIABLE%`. Control characters, which a terminal would obey even inside quotes, are left out.
 */
export function shellQuote(text: string, windows = false): string {
  const line = withoutControls(text);
  // zsh expands a leading `=`, PowerShell a leading `@`.
  if (/^[A-Za-z0-9_\-./:+][A-Za-z0-9_\-./:@+=]*$/.test(line)) return line;
  if (!windows) return `'${line.replaceAll("'", "'\\''")}'`;
  // A doubled quote keeps both shells inside the string; PowerShell takes curly ones for quotes, too. A backslash before the
  // closing quote would take it into the argument.
  const inner = line.replace(/[`$\u201c-\u201f]/g, '`$&').replaceAll('"', '""');
  return `"${inner.replace(/\\+$/, '$&$&')}"`;
}

/** Text for the clipboard, from where it may get into a terminal: it has no line breaks and nothing that one would obey. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}

/** The command that shows a claim; without a context where the account of the pod is followed, as kubectl does by itself. */
export function kubectlCommand(
  claim: { readonly contextName: string | undefined; readonly namespace: string; readonly name: string },
  windows = false,
): string {
  const quote = (text: string) => shellQuote(text, windows);
  const context = claim.contextName === undefined ? '' : `--context ${quote(claim.contextName)} `;
  return `kubectl ${context}-n ${quote(claim.namespace)} get pvc ${quote(claim.name)}`;
}
