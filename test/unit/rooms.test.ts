import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { bundles } from '../../scripts/bundles.ts';
import { editorRules } from '../support/editorRules.ts';
import { importsOf } from '../support/imports.ts';
import { brokenRules, type Rooms } from '../support/rooms.ts';

/** The import table of ARCHITECTURE.md, with the packages. */
const rooms: Rooms = {
  base: [],
  domain: ['base'],
  wire: ['base', 'domain'],
  cluster: ['base', 'domain', 'wire', 'node', '@kubernetes/client-node', 'undici', 'yaml'],
  session: ['base', 'domain', 'wire', 'cluster', 'usage', 'node', 'yaml'],
  usage: ['base', 'domain', 'wire', 'cluster'],
  history: ['base', 'domain', 'node'],
  alerts: ['base', 'domain'],
  presentation: ['base', 'domain'],
  host: ['base', 'domain', 'session', 'alerts', 'presentation', 'type cluster', 'type demo', 'node', 'vscode'],
  views: ['base', 'domain', 'session', 'alerts', 'presentation', 'vscode'],
  demo: ['base', 'domain', 'wire', 'node'],
  dashboard: ['presentation', 'uplot'],
  'extension.ts': ['base', 'session', 'type presentation', 'api.ts', 'product.ts', 'vscode'],
  'product.ts': [
    ...[
      'base',
      'domain',
      'wire',
      'type cluster',
      'session',
      'history',
      'alerts',
      'presentation',
      'host',
      'views',
      'type demo',
    ],
    ...['node', 'vscode'],
  ],
  'api.ts': ['base', 'domain', 'presentation', 'vscode'],
};
/** Files that may import more than their room. */
const exceptions: Rooms = {
  'src/host/kubernetesExtension.ts': ['vscode-kubernetes-tools-api'],
};

const root = join(import.meta.dirname, '..', '..');
const entries = Object.values(bundles);

describe('rooms', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).map((file) => file.split(sep).join('/'));

  for (const file of files.sort()) {
    it(`${file} imports only what its room may`, () => {
      const room = file.split('/')[1] ?? '';
      const table = { ...rooms, [room]: [...(rooms[room] ?? []), ...(exceptions[file] ?? [])] };
      const source = readFileSync(join(root, file), 'utf8');
      assert.deepEqual(brokenRules(file, source, room in rooms ? table : rooms, entries), []);
    });
  }

  it('are what biome.json says in the editor', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as {
      overrides: { includes: string[] }[];
    };
    const ofRooms = overrides.filter(({ includes }) => includes.every((pattern) => /^src\/\w+\/\*\*$/.test(pattern)));
    assert.deepEqual(ofRooms, editorRules(rooms));
  });

  it('has no exception for a file that is gone', () => {
    assert.deepEqual(
      Object.keys(exceptions).filter((file) => !files.includes(file)),
      [],
    );
  });
});

describe('imports', () => {
  const kinds: [source: string, specifier: string, kind: string][] = [
    ["import { a } from './a.ts';", './a.ts', 'value'],
    ["import './a.ts';", './a.ts', 'value'],
    ["import type { A } from './a.ts';", './a.ts', 'type'],
    ["import { type A } from './a.ts';", './a.ts', 'value'],
    ["export { a } from './a.ts';", './a.ts', 'value'],
    ["export type { A } from './a.ts';", './a.ts', 'type'],
    ["export * from './a.ts';", './a.ts', 'value'],
    ["const a = async () => await import('./a.ts');", './a.ts', 'dynamic'],
    ['const a = async (b: string) => await import(b);', '(computed)', 'dynamic'],
    ["let a: import('./a.ts').A;", './a.ts', 'type'],
    ["let a: typeof import('./a.ts');", './a.ts', 'type'],
    ["import a = require('./a.ts');", './a.ts', 'value'],
    ["const a = require('./a.ts');", './a.ts', 'dynamic'],
  ];
  for (const [source, specifier, kind] of kinds)
    it(`are found in ${source}`, () => assert.deepEqual(importsOf('a.ts', source), [{ specifier, kind }]));
});

describe('rules', () => {
  const broken: [file: string, source: string, why: string][] = [
    ['src/base/a.ts', "import { b } from '../domain/b.ts';", 'base may not import domain'],
    ['src/domain/a.ts', "import type { B } from '../wire/b.ts';", 'domain may not import wire'],
    ['src/domain/a.ts', "import { createHash } from 'node:crypto';", 'domain may not import node'],
    ['src/session/a.ts', "import { K } from '@kubernetes/client-node/dist/config.js';", 'client-node'],
    ['src/session/a.ts', "let a: import('vscode').Uri;", 'session may not import vscode'],
    ['src/host/a.ts', "import { b } from '../cluster/b.ts';", 'host may not import cluster'],
    ['src/host/a.ts', "import { b } from 'vscode-kubernetes-tools-api';", 'vscode-kubernetes-tools-api'],
    ['src/views/a.ts', "export * from '../host/b.ts';", 'views may not import host'],
    ['src/views/a.ts', "import { b } from '../extension.ts';", 'views may not import extension.ts'],
    ['src/elsewhere/a.ts', '', 'in no room'],
    ['src/session/a.ts', "const a = () => import('./b.ts');", 'entries of bundles'],
    ['src/session/a.ts', "import { open } from './openSession.ts';", 'entries of bundles'],
  ];
  for (const [file, source, why] of broken) {
    it(`are broken by ${source || 'a file'} in ${file}`, () => {
      const [sentence = 'nothing', ...more] = brokenRules(file, source, rooms, entries);
      assert.ok(sentence.includes(why), sentence);
      assert.deepEqual(more, []);
    });
  }

  const kept: [file: string, source: string][] = [
    ['src/host/a.ts', "import type { B } from '../cluster/b.ts';"],
    ['src/session/a.ts', "const a = () => import('./openSession.ts');"],
    ['src/session/a.ts', "import type { Opened } from './openSession.ts';"],
    ['src/cluster/a.ts', "import { K } from '@kubernetes/client-node/dist/config.js';"],
  ];
  for (const [file, source] of kept)
    it(`are kept by ${source} in ${file}`, () => assert.deepEqual(brokenRules(file, source, rooms, entries), []));
});
