// Follows a stream of events with the product: node bench/clients/watchOwn.ts SERVER CLAIMS EVENTS BUNDLE
import { type Cost, costOf } from './cost.ts';
import { loadOwn } from './ownSession.ts';
import { pause } from './pause.ts';
import { snapshotWith } from './snapshotWith.ts';

export interface OwnWatch extends Cost {
  /** Snapshots that were published while the events came. */
  readonly snapshots: number;
}

const [server = '', claims = '', events = '', bundle = ''] = process.argv.slice(2);
const session = loadOwn(bundle)(server);
await snapshotWith(session, ({ synced, claimCount }) => synced && claimCount === Number(claims));
await pause(1_000);
let snapshots = 0;
session.snapshot.subscribe(() => {
  snapshots++;
});
const applied = () => Math.max(...session.diagnostics().reflectors.map((reflector) => reflector.events));
const cost = await costOf(async () => {
  await fetch(`${server}/bench/stream`);
  while (applied() < Number(events)) await pause(1);
});
process.send?.({ ...cost, snapshots } satisfies OwnWatch);
