import assert from 'node:assert/strict';
import { until } from '../support/until.ts';
import { ContractNamespace, text, waitMs } from './objects.ts';
import type { RawWatch } from './rawClient.ts';
import type { ContractContext } from './suite.ts';

/** Watching: what happens is told in order, to those it concerns, and ends when it should. */
export function watchContract(context: () => ContractContext): void {
  describe('watching', () => {
    let home: ContractNamespace;
    before(async () => {
      home = await ContractNamespace.create(context().client);
    });

    it('tells of creation, change and deletion, with kind and growing resourceVersions', async () => {
      const watch = await watchFrom(await home.resourceVersion());
      await home.bound('a');
      await home.delete('a');
      await told(watch, 'DELETED', 'a');
      watch.close();
      const types = watch.events.map(({ type }) => type);
      assert.deepEqual([types[0], types.at(-1)], ['ADDED', 'DELETED']);
      assert.ok(types.slice(1, -1).every((type) => type === 'MODIFIED'));
      for (const { object } of watch.events) assert.equal(object.kind, 'PersistentVolumeClaim');
      const versions = watch.events.map(({ object }) => Number(text(object, 'metadata.resourceVersion')));
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(versions).size, versions.length);
      assert.ok(watch.events.some(({ object }) => text(object, 'metadata.deletionTimestamp') !== ''));
      assert.equal(text(watch.events.at(-2)?.object, 'status.phase'), 'Bound');
    });

    it('goes on from any resourceVersion seen before', async () => {
      const from = await home.resourceVersion();
      const created = await home.create('b');
      await home.patch('b', { metadata: { labels: { round: '1' } } });
      const whole = await watchFrom(from);
      await told(whole, 'ADDED', 'b');
      whole.close();
      const rest = await watchFrom(text(created, 'metadata.resourceVersion'));
      const first = await until('an event comes', waitMs, () => rest.events[0]);
      rest.close();
      assert.equal(first.type, 'MODIFIED');
    });

    it('begins with what there is when no resourceVersion is named', async () => {
      for (const query of ['', '&resourceVersion=0']) {
        const watch = await context().client.watch(`${home.path()}?watch=true${query}`);
        const first = await until('an event comes', waitMs, () => watch.events[0]);
        watch.close();
        assert.deepEqual([first.type, text(first.object, 'metadata.name')], ['ADDED', 'b']);
      }
    });

    it('tells a watcher with a selector of objects that enter and leave it', async () => {
      const query = '&labelSelector=app%3Dx';
      const watch = await watchFrom(await home.resourceVersion(), query);
      await home.bound('c', '1Gi', { labels: { app: 'other' } });
      await home.patch('c', { metadata: { labels: { app: 'x' } } });
      await told(watch, 'ADDED', 'c');
      await home.patch('c', { metadata: { labels: { app: 'other' } } });
      await told(watch, 'DELETED', 'c');
      watch.close();
      assert.deepEqual(
        watch.events.map(({ type }) => type).filter((type) => type !== 'MODIFIED'),
        ['ADDED', 'DELETED'],
      );
    });

    it('tells a watcher of one namespace nothing of others', async () => {
      const other = await ContractNamespace.create(context().client);
      const watch = await watchFrom(await home.resourceVersion());
      await other.create('elsewhere');
      await home.create('here');
      await told(watch, 'ADDED', 'here');
      watch.close();
      assert.ok(watch.events.every(({ object }) => text(object, 'metadata.namespace') === home.name));
    });

    it('ends after timeoutSeconds, with a bookmark for those who allow it', async () => {
      let watchedTimes = 0;
      const silent = await watchFrom(await home.resourceVersion(), '&timeoutSeconds=2');
      await silent.ended;
      assert.ok(silent.events.every(({ type }) => type !== 'BOOKMARK'));
      // kube-apiserver sends it in the last two seconds, if a ticker of its own comes by in time and there was a change before.
      const bookmarks = await until('a watch has ended with a bookmark', 20_000, async () => {
        const watch = await watchFrom(await home.resourceVersion(), '&timeoutSeconds=6&allowWatchBookmarks=true');
        await home.create(`marked-${watchedTimes++}`);
        await watch.ended;
        const told = watch.events.filter(({ type }) => type === 'BOOKMARK');
        return told.length > 0 ? told : undefined;
      });
      const bookmark = bookmarks.at(-1);
      assert.equal(bookmark?.object.kind, 'PersistentVolumeClaim');
      assert.match(text(bookmark?.object, 'metadata.resourceVersion'), /^\d+$/);
    });

    it('goes on when timeoutSeconds is 0 or years', async () => {
      for (const [seconds, name] of [
        [0, 'never'],
        [100_000_000, 'years'],
      ] as const) {
        const watch = await watchFrom(await home.resourceVersion(), `&timeoutSeconds=${seconds}`);
        await home.create(name);
        await told(watch, 'ADDED', name);
        watch.close();
      }
    });

    it('watches the other kinds too', async () => {
      const { client } = context();
      for (const path of ['/api/v1/namespaces', '/apis/storage.k8s.io/v1/storageclasses']) {
        const watch = await client.watch(`${path}?watch=1`);
        const first = await until('an event comes', waitMs, () => watch.events[0]);
        watch.close();
        assert.equal(first.type, 'ADDED');
      }
    });

    async function watchFrom(resourceVersion: string, more = ''): Promise<RawWatch> {
      return await context().client.watch(`${home.path()}?watch=1&resourceVersion=${resourceVersion}${more}`);
    }
  });
}

async function told(watch: RawWatch, type: string, name: string): Promise<void> {
  await until(`${type} of ${name} is told`, waitMs, () =>
    watch.events.some((event) => event.type === type && text(event.object, 'metadata.name') === name),
  );
}
