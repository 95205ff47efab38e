import assert from 'node:assert/strict';
import { until } from '../support/until.ts';
import { openContractSession } from './contractSession.ts';
import { at, ContractNamespace, names, text, waitMs } from './objects.ts';
import { assertRefused } from './refusal.ts';
import type { ContractContext } from './suite.ts';

/** What happens to those who ask for a past that the server has forgotten. */
export function historyContract(context: () => ContractContext): void {
  describe('a past that is forgotten', () => {
    let home: ContractNamespace;
    let token = '';
    let old = '';
    let session: ReturnType<typeof openContractSession>;

    before(async () => {
      const { client, cluster } = context();
      home = await ContractNamespace.create(client);
      for (const name of ['a', 'b', 'c']) await home.create(name);
      const page = (await client.get(`${home.path()}?limit=1`)).body;
      token = encodeURIComponent(text(page, 'metadata.continue'));
      old = text(page, 'metadata.resourceVersion');
      session = openContractSession(cluster, { namespaces: [home.name] });
      await until('the session is live', waitMs, () => session.snapshot.value.synced);
      await home.create('d');
      await cluster.expireHistory();
    });
    after(() => session.dispose());

    it('is 410 Expired for a continue token, with another that goes on as it is now', async () => {
      const { client } = context();
      const answer = await client.get(`${home.path()}?limit=1&continue=${token}`);
      assertRefused(answer, 410, 'Expired', /^The provided continue parameter is too old/);
      const next = encodeURIComponent(text(answer.body, 'metadata.continue'));
      assert.deepEqual(names((await client.get(`${home.path()}?continue=${next}`)).body), ['b', 'c', 'd']);
    });

    it('is an ERROR event of 410 Expired for a watch', async () => {
      const watch = await context().client.watch(`${home.path()}?watch=1&resourceVersion=${old}`);
      await watch.ended;
      const [event] = watch.events;
      assert.equal(event?.type, 'ERROR');
      assert.deepEqual([event?.object.kind, event?.object.code, event?.object.reason], ['Status', 410, 'Expired']);
      assert.match(text(event?.object, 'message'), new RegExp(`^too old resource version: ${old} \\(\\d+\\)$`));
      assert.equal(at(event?.object, 'status'), 'Failure');
    });

    it('is 410 Expired for a list of exactly then', async () => {
      const path = `${home.path()}?resourceVersion=${old}&resourceVersionMatch=Exact&limit=1`;
      const answer = await context().client.get(path);
      assertRefused(answer, 410, 'Expired', 'The resourceVersion for the provided list is too old.');
    });

    it('costs a session nothing', async () => {
      await home.create('e', '5Gi');
      await until('the session counts the new claim', waitMs, () => session.snapshot.value.claimCount === 5);
      assert.equal(session.snapshot.value.claimedBytes, 9n * 1024n ** 3n);
    });
  });
}
