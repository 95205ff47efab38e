import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workspace } from 'vscode';
import { systemClock } from '../../../src/base/clock.ts';
import { ManifestNamespaces } from '../../../src/host/manifestNamespaces.ts';
import { until } from '../../support/until.ts';
import { limitMs } from '../support/product.ts';

describe('namespaces of manifests in the workspace', () => {
  let followed: ManifestNamespaces;

  beforeEach(() => {
    followed = new ManifestNamespaces(systemClock);
  });
  afterEach(() => {
    followed.dispose();
    for (const folder of ['team', 'moved', 'node_modules']) rmSync(pathTo(folder), { recursive: true, force: true });
  });

  it('are those of the files that are there, and nothing before it is started', async () => {
    write('team/a.yaml', 'shop');
    write('node_modules/pkg/b.yaml', 'foreign');
    assert.deepEqual([...followed.namespaces.value], []);
    followed.start();
    await named('shop');
  });

  it('follow files that come, change and go', async () => {
    followed.start();
    write('team/a.yaml', 'shop');
    write('team/b.json', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'blog' } }));
    await named('blog', 'shop');
    write('team/a.yaml', 'pay');
    await named('blog', 'pay');
    rmSync(pathTo('team/b.json'));
    await named('pay');
  });

  it('follow folders that go and are moved', async () => {
    followed.start();
    write('team/eu/a.yaml', 'shop');
    write('team/us/b.yaml', 'blog');
    await named('blog', 'shop');
    rmSync(pathTo('team/us'), { recursive: true });
    await named('shop');
    write('team/us/b.yaml', 'pay');
    await named('pay', 'shop');
    renameSync(pathTo('team'), pathTo('moved'));
    rmSync(pathTo('moved/eu'), { recursive: true });
    await named('pay');
  });

  it('are heard of while files never cease to change', async () => {
    followed.start();
    let count = 0;
    const writing = setInterval(() => write('team/a.yaml', `busy-${count++}`), 300);
    try {
      await until('a change is read', limitMs, () => [...followed.namespaces.value].some((name) => /^busy/.test(name)));
    } finally {
      clearInterval(writing);
    }
  });

  async function named(...names: readonly string[]): Promise<void> {
    const namespaces = () => [...followed.namespaces.value].sort();
    await until(`they are ${names} rather than ${namespaces()}`, limitMs, () => namespaces().join() === names.join());
  }
});

function pathTo(path: string): string {
  const [folder] = workspace.workspaceFolders ?? [];
  return join(folder?.uri.fsPath ?? assert.fail('no folder is open'), path);
}

/** A manifest in this namespace, or this very text. */
function write(path: string, namespace: string): void {
  const file = pathTo(path);
  mkdirSync(dirname(file), { recursive: true });
  const manifest = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  namespace: ${namespace}\n`;
  writeFileSync(file, path.endsWith('.json') ? namespace : manifest);
}
