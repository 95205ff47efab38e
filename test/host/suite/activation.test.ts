import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands, extensions } from 'vscode';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { limitMs, live, nothingFollowed, pvcWatch } from '../support/product.ts';

let fetchAtFirst: typeof fetch;
let dispatchersAtFirst: ReadonlyMap<symbol, unknown>;
let readAtFirst: readonly string[] = [];

// Of the root suite: before any test, of whichever file, has connected to anything.
before(async () => {
  await pvcWatch();
  await until('the kubeconfig is looked for', limitMs, () => bundlesRead().includes('follow.cjs'));
  await sleep(1_000);
  readAtFirst = bundlesRead();
  // Node makes a dispatcher of its own for its first fetch.
  await fetchedFromLoopback();
  [fetchAtFirst, dispatchersAtFirst] = [globalThis.fetch, sharedDispatchers(globalThis)];
});

describe('activation', () => {
  after(cleanWindow);

  it('returns version 1 of the API', async () => {
    const api = await pvcWatch();
    assert.equal(api.apiVersion, 1);
    assert.deepEqual(Object.keys(api).sort(), ['apiVersion', 'onDidChangeSnapshot', 'snapshot']);
  });

  it('registers exactly the commands of the manifest', async () => {
    await pvcWatch();
    const manifest = extensions.getExtension('pvcwatch.pvcwatch')?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const declared = manifest.contributes.commands.map(({ command }) => command).sort();
    const own = (id: string) =>
      /^pvcwatch\.[A-Za-z]+$/.test(id) && !['pvcwatch.claims', 'pvcwatch.alerts'].includes(id);
    const registered = (await commands.getCommands(true)).filter(own).sort();
    assert.equal(declared.length, 18);
    assert.deepEqual(registered, declared);
  });

  it('reads only what it needs until there is something to connect to', async () => {
    assert.deepEqual([...readAtFirst].sort(), ['extension.cjs', 'follow.cjs', 'product.cjs']);
    await commands.executeCommand('pvcwatch.openDemoCluster');
    await live('demo');
    assert.ok(bundlesRead().includes('cluster.cjs'));
    await commands.executeCommand('pvcwatch.closeDemoCluster');
  });

  it('shares the process with other extensions: their fetch and its dispatcher stay what they were', async () => {
    await nothingFollowed();
    assert.ok(!readAtFirst.includes('cluster.cjs'), 'what was there at first was there before the client');
    await commands.executeCommand('pvcwatch.openDemoCluster');
    await live('demo');
    assert.ok(bundlesRead().includes('cluster.cjs'));
    assert.deepEqual(differences(dispatchersAtFirst, sharedDispatchers(globalThis)), []);
    assert.equal(globalThis.fetch, fetchAtFirst);
    assert.equal(await fetchedFromLoopback(), 'hello');
  });

  it('would be seen if it set a dispatcher for all, of whichever version of undici', () => {
    const scope = {};
    const none = sharedDispatchers(scope);
    const key = Symbol.for('undici.globalDispatcher.2');
    Object.defineProperty(scope, key, { value: {}, writable: true, enumerable: false });
    const one = sharedDispatchers(scope);
    assert.deepEqual(differences(none, one), [key]);
    assert.deepEqual(differences(one, one), []);
    Object.defineProperty(scope, key, { value: {} });
    assert.deepEqual(differences(one, sharedDispatchers(scope)), [key]);
    assert.deepEqual([...sharedDispatchers(globalThis).keys()].length > 0, true, "Node's own is there");
  });
});

/** What undici keeps for the whole process, by its symbols: every `fetch` goes through the one that it finds there. */
function sharedDispatchers(scope: object): ReadonlyMap<symbol, unknown> {
  const keys = Object.getOwnPropertySymbols(scope).filter((key) =>
    key.description?.startsWith('undici.globalDispatcher'),
  );
  return new Map(keys.map((key) => [key, (scope as Record<symbol, unknown>)[key]]));
}

function differences(before: ReadonlyMap<symbol, unknown>, after: ReadonlyMap<symbol, unknown>): readonly symbol[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.has(key) !== after.has(key) || before.get(key) !== after.get(key));
}

/** Names of the product's bundles that this process has loaded. */
function bundlesRead(): string[] {
  const dist = join(extensions.getExtension('pvcwatch.pvcwatch')?.extensionPath ?? '', 'dist', sep);
  const files = Object.keys(createRequire(import.meta.url).cache);
  return files.filter((file) => file.startsWith(dist)).map((file) => basename(file));
}

async function fetchedFromLoopback(): Promise<string> {
  const server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  } finally {
    server.close();
  }
}
