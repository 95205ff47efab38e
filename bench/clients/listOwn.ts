// Lists claims with the product: node --expose-gc bench/clients/listOwn.ts SERVER CLAIMS BUNDLE
import { type Cost, costOf } from './cost.ts';
import { loadOwn } from './ownSession.ts';
import { snapshotWith } from './snapshotWith.ts';

/** `ms` is until sums may be judged, which needs the cluster's identity as well. */
export interface OwnList extends Cost {
  /** Until a snapshot has all claims and is live. */
  readonly shownMs: number;
}

const [server = '', claims = '', bundle = ''] = process.argv.slice(2);
const open = loadOwn(bundle);
let shownMs = Number.NaN;
const cost = await costOf(async () => {
  const startedMs = performance.now();
  const session = open(server);
  const shown = snapshotWith(session, ({ claimsState, claimCount }) => {
    return claimsState === 'live' && claimCount === Number(claims);
  });
  const synced = snapshotWith(session, (snapshot) => snapshot.synced);
  await shown;
  shownMs = performance.now() - startedMs;
  await synced;
});
process.send?.({ ...cost, shownMs } satisfies OwnList);
