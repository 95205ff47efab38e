import { dirname, isAbsolute, resolve } from 'node:path';
import { type DocumentOptions, type ParseOptions, parseDocument, type SchemaOptions } from 'yaml';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../wire/json.ts';
import { misfitIn } from './kubeconfigShape.ts';
import type { Material } from './resolvedTarget.ts';

/** A named entry of a kubeconfig, and the file whose folder its relative paths are relative to. */
export interface Entry {
  readonly file: string;
  readonly fields: JsonObject;
}

/** One or several kubeconfig files as kubectl sees them together. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** Contents of a file that was read; `text` undefined when there is no such file. */
export interface FileText {
  readonly file: string;
  readonly text: string | undefined;
}

const remedy = 'Mend the file, or choose another with the setting pvcwatch.kubeconfig.';

/**
 * Merges files by kubectl's rules: the first file that names an entry or the current context wins, missing and empty files
 * count as empty, unknown fields are ignored (client-go `clientcmd.ClientConfigLoadingRules.Load`).
 *
 * A file that is not YAML, or not a kubeconfig in every field, or that has a name twice, is an error that names it: kubectl
 * refuses to work then, and so do we.
 */
export function mergeKubeconfigs(files: readonly FileText[]): Result<Kubeconfig> {
  const contexts = new Map<string, Entry>();
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  let currentContext: string | undefined;
  for (const { file, text } of files) {
    if (text === undefined) continue;
    const parsed = parse(file, text);
    if (!parsed.ok) return parsed;
    const config = parsed.value;
    currentContext ??= textAt(config, 'current-context');
    collect(contexts, file, config, 'contexts', 'context');
    collect(clusters, file, config, 'clusters', 'cluster');
    collect(users, file, config, 'users', 'user');
  }
  return succeed({ currentContext, contexts, clusters, users });
}

/** An absolute path, or one relative to the file that names it. */
export function besideFile(file: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

/** `KEY-data` wins over `KEY`, as in client-go. */
export function materialAt({ file, fields }: Entry, key: string): Material | undefined {
  const data = textAt(fields, `${key}-data`);
  if (data !== undefined) return { data };
  const path = textAt(fields, key);
  return path === undefined ? undefined : { file: besideFile(file, path) };
}

function parse(file: string, text: string): Result<JsonObject> {
  if (text.trim() === '') return succeed({});
  if (text.includes('\0')) return fail('config', `${file} is not a text file. ${remedy}`);
  let value: unknown;
  try {
    const document = parseDocument(text, yamlOptions);
    const problem = document.errors[0];
    if (problem) return fail('config', `${file} is not valid YAML (line ${problem.linePos?.[0].line ?? 1}). ${remedy}`);
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    return fail('config', `${file} is not valid YAML. ${remedy}`);
  }
  if (value === null || value === undefined) return succeed({});
  const config = objectOf(value);
  if (!config) return fail('config', `${file} is not a kubeconfig. ${remedy}`);
  const misfit = misfitIn(config);
  if (misfit) return fail('config', `${file} is not a kubeconfig: ${misfit.path} is not ${misfit.wanted}. ${remedy}`);
  const [kind, version] = [textAt(config, 'kind') ?? 'Config', textAt(config, 'apiVersion') ?? 'v1'];
  if (kind !== 'Config' || version !== 'v1')
    return fail('config', `${file} is not a kubeconfig but a ${kind} of ${version}. ${remedy}`);
  for (const list of ['contexts', 'clusters', 'users']) {
    const twice = repeatedName(arrayAt(config, list));
    if (twice !== undefined)
      return fail('config', `${file} is not a kubeconfig: ${list} has the name '${twice}' twice. ${remedy}`);
  }
  return succeed(config);
}

/**
 * YAML as kubectl reads it (sigs.k8s.io/yaml): of version 1.1, where `yes` is true and `<<` merges, but without its times,
 * where `1:30` would be a number, with texts where it says binary, and with the octal numbers of version 1.2. A key that stands twice: the last one counts.
 */
const yamlOptions: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  logLevel: 'silent',
  customTags: (tags) => [
    ...tags.filter((tag) => typeof tag === 'string' || !(/:(timestamp|binary)$/.test(tag.tag) || isTime(tag))),
    { tag: 'tag:yaml.org,2002:binary', resolve: binaryText },
    { tag: 'tag:yaml.org,2002:int', default: true, test: /^[-+]?0o[0-7_]+$/, resolve: Number },
  ],
};

function binaryText(base64: string, onError: (message: string) => void): string {
  const bare = base64.replace(/\s/g, '');
  const bytes = Buffer.from(bare, 'base64');
  if (bytes.toString('base64') !== bare) onError('!!binary is not base64');
  return bytes.toString('utf8');
}

function isTime(tag: object): boolean {
  return 'format' in tag && tag.format === 'TIME';
}

/** An entry without a name has the name ''. */
function repeatedName(entries: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const entry of entries) {
    const name = textAt(objectOf(entry) ?? {}, 'name') ?? '';
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function collect(into: Map<string, Entry>, file: string, config: JsonObject, list: string, field: string): void {
  for (const item of arrayAt(config, list)) {
    const entry = objectOf(item);
    const name = entry && textAt(entry, 'name');
    if (entry && name !== undefined && !into.has(name)) into.set(name, { file, fields: objectAt(entry, field) });
  }
}
