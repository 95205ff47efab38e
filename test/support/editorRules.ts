import type { Rooms } from './rooms.ts';

const packages = ['vscode', 'vscode-kubernetes-tools-api', '@kubernetes/client-node', 'undici', 'yaml', 'uplot'];

/** The part of biome.json that says in the editor what `rooms.test.ts` proves: one override for each folder. */
export function editorRules(rooms: Rooms): readonly unknown[] {
  const folders = Object.keys(rooms).filter((room) => !room.endsWith('.ts'));
  return folders.map((room) => {
    const allowed = new Set([room, ...(rooms[room] ?? []).map((each) => each.replace(/^type /, ''))]);
    const others = folders
      .filter((each) => !allowed.has(each))
      .flatMap((each) => [`../${each}/**`, `../../${each}/**`]);
    const outside = packages.filter((each) => !allowed.has(each)).flatMap((each) => [each, `${each}/**`]);
    const group = [...others, ...(allowed.has('node') ? [] : ['node:*']), ...outside];
    const patterns = [{ group, message: `${room}/ may not import this: see the table in ARCHITECTURE.md.` }];
    const rule = { level: 'error', options: { patterns } };
    return { includes: [`src/${room}/**`], linter: { rules: { style: { noRestrictedImports: rule } } } };
  });
}
