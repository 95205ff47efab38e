import { recordOf } from './settingForms.ts';

/**
 * The namespaces that Kubernetes manifests in a text name: `metadata.namespace` of an object, the name of a Namespace, the
 * `namespace` of a kustomization. YAML of any number of documents, or JSON.
 *
 * Line by line and not parsed: a template that is no YAML yet still has most of its lines, and what is not the name of a
 * namespace (`{{ .Release.Namespace }}`) is left out.
 */
export function namespacesIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: unknown) => {
    if (typeof name === 'string' && namespaceName.test(name)) found.add(name);
  };
  if (/^\s*[{[]/.test(text)) readJson(text, add);
  else for (const document of text.split(/^---(?=\s|$)/m)) readDocument(document.split(/\r?\n/), add);
  return found;
}

/** RFC 1123 label. */
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function readJson(text: string, add: (name: unknown) => void): void {
  try {
    readObject(JSON.parse(text), add);
  } catch {
    // No JSON, so no manifest.
  }
}

function readObject(value: unknown, add: (name: unknown) => void): void {
  const { apiVersion, kind, metadata, namespace, items } = recordOf(value) ?? {};
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return;
  const { namespace: own, name } = recordOf(metadata) ?? {};
  add(own);
  if (kind === 'Namespace') add(name);
  if (kind === 'Kustomization') add(namespace);
  if (Array.isArray(items)) for (const item of items) readObject(item, add);
}

function readDocument(lines: readonly string[], add: (name: unknown) => void): void {
  const top = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z]+):(?:[ \t](.*))?$/.exec(line) ?? [];
    if (key !== undefined && !top.has(key)) top.set(key, scalar(value ?? ''));
  }
  const kind = top.get('kind');
  // A kustomization needs neither.
  if (kind === 'Kustomization' || (kind === undefined && top.has('resources'))) add(top.get('namespace'));
  if (kind === undefined || !top.has('apiVersion')) return;
  for (const { key, value, depth } of metadataFields(lines)) {
    if (key === 'namespace') add(value);
    if (key === 'name' && kind === 'Namespace' && depth === 0) add(value);
  }
}

interface Field {
  readonly key: string;
  readonly value: string;
  /** How far `metadata` is indented; that of the object itself is not. */
  readonly depth: number;
}

/** What stands directly below each `metadata`. */
function* metadataFields(lines: readonly string[]): Generator<Field> {
  let depth: number | undefined;
  let inner: number | undefined;
  for (const line of lines) {
    const [, lead = '', key, rest = ''] = /^([ -]*)([A-Za-z]+):(?:[ \t](.*))?$/.exec(line) ?? [];
    if (key === undefined) continue;
    const indent = lead.length;
    if (depth !== undefined && indent <= depth) depth = undefined;
    if (depth !== undefined) {
      inner ??= indent;
      if (indent === inner) yield { key, value: scalar(rest), depth };
    } else if (key === 'metadata') {
      [depth, inner] = [indent, undefined];
      for (const [, name, value] of rest.matchAll(/([A-Za-z]+):[ \t]*([^,{}]+)/g))
        yield { key: name ?? '', value: scalar(value ?? ''), depth };
    }
  }
}

/** Without quotes, comment and blanks. */
function scalar(text: string): string {
  const [, quoted] = /^\s*(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/.exec(text) ?? [];
  return (
    quoted ??
    text
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .replace(/^'([^']*)'$/, '$1')
  );
}
