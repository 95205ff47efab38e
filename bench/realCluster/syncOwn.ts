// Ends when the product has a complete picture of the claims: node syncOwn.cjs KUBECONFIG CLAIMS
import { readFileSync } from 'node:fs';
import { kubeconfigSession } from '../clients/kubeconfigSession.ts';
import { snapshotWith } from '../clients/snapshotWith.ts';

const limitMs = 60_000;

async function main(kubeconfig: string, claims: number): Promise<void> {
  setTimeout(() => process.exit(1), limitMs).unref();
  const session = kubeconfigSession(readFileSync(kubeconfig, 'utf8'));
  await snapshotWith(session, ({ synced, claimsState, claimCount }) => {
    return synced && claimsState === 'live' && claimCount === claims;
  });
  process.exit(0);
}

const [kubeconfig = '', claims = ''] = process.argv.slice(2);
void main(kubeconfig, Number(claims));
