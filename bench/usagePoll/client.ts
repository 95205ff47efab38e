// One window on a large cluster that looks at what is used: node bench/usagePoll/client.ts SERVER SOURCE ROUNDS CLUSTER-BUNDLE
import type { AlertInput } from '../../src/alerts/alertInput.ts';
import { ClaimJudge } from '../../src/alerts/claimJudge.ts';
import { noAlerts } from '../../src/domain/episode.ts';
import type { HistorySample, Past } from '../../src/domain/historySample.ts';
import type { Readings } from '../../src/domain/reading.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { ClaimRows } from '../../src/presentation/claimRows.ts';
import { gaugeTooltip } from '../../src/presentation/gaugeTooltip.ts';
import { measureStorage, storageView } from '../../src/presentation/storageView.ts';
import type { MeasureOptions } from '../../src/session/session.ts';
import { watchedLoop } from '../clients/eventLoop.ts';
import { loadOwn } from '../clients/ownSession.ts';
import { pause } from '../clients/pause.ts';
import { snapshotWith } from '../clients/snapshotWith.ts';

export interface PollCost {
  /** Of the host while it looks. */
  readonly blockMs: number;
  readonly cpuMs: number;
  readonly ms: number;
  readonly readings: number;
  /** All rows of all namespaces and the tooltip of the gauge, as if all were expanded. */
  readonly viewsMs: number;
  /** A step of the alert rules over all claims. */
  readonly alertsMs: number;
}

const [server = '', source = '', claims = '', rounds = '', bundle = ''] = process.argv.slice(2);
const service = { namespace: 'monitoring', name: 'prometheus', port: 9090, https: false };
const options: MeasureOptions = {
  source: source === 'prometheus' ? source : 'kubelet',
  prometheus: { place: { kind: 'service', service, path: '' }, matchers: '' },
  access: async () => ({}),
  proxies: { env: {}, editor: { url: '', noProxy: [] } },
  consent: async () => true,
};
const session = loadOwn(bundle)(server);
await snapshotWith(session, ({ synced, claimCount }) => synced && claimCount === Number(claims));
await pause(1_000);
const nowMs = Date.now();
/** Six hours, a sample a minute, filling up. */
const samples: readonly HistorySample[] = Array.from({ length: 360 }, (_, index) => ({
  ...{ atMs: nowMs - (360 - index) * 60_000, capacityBytes: 10 * 2 ** 30, availableBytes: 2 ** 31 - index * 2 ** 20 },
}));
const past: Past = () => samples;
const judge = new ClaimJudge();
const rows = new Map([...session.snapshot.value.namespaces.keys()].map((name) => [name, new ClaimRows()]));
let known: Readings = new Map();
for (let round = 0; round < Number(rounds); round++) {
  const { cpuMs, ms, blockMs } = await look();
  process.send?.({ cpuMs, ms, blockMs, readings: known.size, viewsMs: draw(), alertsMs: judged() } satisfies PollCost);
  await pause(100);
}
process.exit();

/** From the question to the readings. */
async function look(): Promise<Pick<PollCost, 'cpuMs' | 'ms' | 'blockMs'>> {
  const longestBlock = await watchedLoop();
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const measuring = session.measure({ ...options, known });
  await new Promise<void>((resolve) => {
    measuring.readings.subscribe((readings) => {
      known = readings;
      resolve();
    });
  });
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  await pause(10);
  const blockMs = longestBlock();
  measuring.dispose();
  return { cpuMs: (user + system) / 1000, ms, blockMs };
}

function draw(): number {
  const startedMs = performance.now();
  const measured = measureStorage(session.snapshot.value, { ...defaultSettings, sort: 'used' });
  const view = storageView(measured, noAlerts, known, { pinned: undefined, remote: undefined });
  for (const [name, each] of rows) each.of(view, name);
  gaugeTooltip(view, Date.now());
  return performance.now() - startedMs;
}

function judged(): number {
  const { snapshot } = session;
  const input: AlertInput = {
    ...{
      snapshot: snapshot.value,
      budgets: [],
      readings: known,
      past,
      mine: new Set<string>(),
      named: new Set<string>(),
    },
    ...{ contextLabel: 'bench', settings: defaultSettings },
  };
  const startedMs = performance.now();
  const times = { nowMs: Date.now(), monotonicMs: performance.now() };
  judge.step({ input, accounts: new Map(), told: [], userChange: false, ...times });
  return performance.now() - startedMs;
}
