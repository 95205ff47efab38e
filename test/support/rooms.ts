import { posix } from 'node:path';
import { type Import, importsOf } from './imports.ts';

/** Room → what it may import: rooms, `node` for the built-in modules, packages. `type x`: types of x only. */
export type Rooms = Readonly<Record<string, readonly string[]>>;

/**
 * The imports of one source file that the rules forbid, each as a sentence.
 * `file` and `entries` are paths from the checkout; `entries` are the bundles: nothing else may be imported dynamically,
 * and from outside they may be imported in no other way, or else they would end up in two bundles.
 */
export function brokenRules(file: string, source: string, rooms: Rooms, entries: readonly string[]): string[] {
  const room = roomOf(file);
  const allowed = rooms[room];
  if (!allowed) return [`${file} is in no room of the table`];
  return importsOf(file, source).flatMap(({ specifier, kind }) => {
    const path = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
    const target = path === undefined ? packageOf(specifier) : roomOf(path);
    const sentence = `${file} imports ${kind === 'value' ? '' : `(${kind}) `}${specifier}`;
    if (!mayImport(room, allowed, target, kind)) return [`${sentence}: ${room} may not import ${target}`];
    if (path !== undefined && (kind === 'dynamic') !== (entries.includes(path) && kind !== 'type'))
      return [`${sentence}: entries of bundles, and only they, are imported dynamically`];
    return [];
  });
}

function mayImport(room: string, allowed: readonly string[], target: string, kind: Import['kind']): boolean {
  return target === room || allowed.includes(target) || (kind === 'type' && allowed.includes(`type ${target}`));
}

function roomOf(file: string): string {
  return /^src\/([^/]+)/.exec(file)?.[1] ?? file;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node';
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
