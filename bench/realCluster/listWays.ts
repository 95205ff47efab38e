// Lists all claims of a cluster in every way there is, in one warm process: node listWays.ts KUBECONFIG
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Answer } from '../../src/cluster/answer.ts';
import { framesOf } from '../../src/cluster/frames.ts';
import { BinaryList } from '../../src/wire/binaryList.ts';
import { claims } from '../../src/wire/claims.ts';
import { Interner } from '../../src/wire/interner.ts';
import { collectionPath } from '../../src/wire/kind.ts';
import { type Page, readPage } from '../../src/wire/list.ts';
import { readWatchFrame } from '../../src/wire/watchFrame.ts';
import { costOf } from '../clients/cost.ts';
import { kubeconfigConnection } from '../clients/kubeconfigSession.ts';
import { type Way, type WayCost, ways } from './ways.ts';

const rounds = 5;
const connection = kubeconfigConnection(readFileSync(process.argv[2] ?? '', 'utf8'));
const path = collectionPath(claims);
const signal = new AbortController().signal;

async function ask(
  query: Readonly<Record<string, string | undefined>>,
  binary: boolean,
  compressed = true,
): Promise<Answer> {
  const answer = await connection.request(path, { query, binary, compressed, signal });
  if (!answer.ok) throw new Error(answer.error.message);
  if (answer.value.binary !== binary) throw new Error('The server has answered in another form.');
  return answer.value;
}

async function binaryPage(query: Readonly<Record<string, string | undefined>>): Promise<Page<unknown>> {
  const list = new BinaryList(claims, new Interner());
  await (await ask(query, true)).read((piece) => list.push(piece));
  return list.end() ?? neverList();
}

async function jsonPage(query: Readonly<Record<string, string | undefined>>): Promise<Page<unknown>> {
  const value = await (await ask(query, false)).json();
  return (value.ok ? readPage(value.value, claims, new Interner()) : undefined) ?? neverList();
}

async function inPages(
  page: (query: Readonly<Record<string, string | undefined>>) => Promise<Page<unknown>>,
): Promise<number> {
  let count = 0;
  let token: string | undefined;
  do {
    const { items, continueToken } = await page({ limit: '500', continue: token });
    count += items.length;
    token = continueToken;
  } while (token !== undefined);
  return count;
}

async function asWatchList(): Promise<number> {
  const query = {
    watch: '1',
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: 'true',
    timeoutSeconds: '60',
  };
  const interner = new Interner();
  const records: unknown[] = [];
  const answer = await ask(query, true, false);
  for await (const frames of framesOf(answer.body)) {
    for (const frame of frames) {
      const event = readWatchFrame(frame, claims, interner);
      if (event.type === 'upsert') records.push(event.record);
      else if (event.type === 'bookmark') return records.length;
    }
    await nextTurn();
  }
  throw new Error('The server does not end its initial events.');
}

const list: Readonly<Record<Way, () => Promise<number>>> = {
  'watch cache, protobuf': async () => (await binaryPage({ resourceVersion: '0' })).items.length,
  'WatchList, protobuf': asWatchList,
  'pages of 500, protobuf': () => inPages(binaryPage),
  'pages of 500, JSON': () => inPages(jsonPage),
};

async function main(): Promise<void> {
  const costs: WayCost[] = [];
  // One round before, so that nobody pays for what is compiled or read only once.
  for (let round = 0; round <= rounds; round++) {
    for (const way of ways) {
      let count = 0;
      const before = process.cpuUsage();
      const { ms, longestBlockMs } = await costOf(async () => {
        count = await list[way]();
      });
      const { user, system } = process.cpuUsage(before);
      if (round > 0) costs.push({ way, claims: count, ms, cpuMs: (user + system) / 1000, longestBlockMs });
    }
  }
  process.send?.(costs);
}

function neverList(): never {
  throw new Error('The server has not answered with a list of claims.');
}

await main();
