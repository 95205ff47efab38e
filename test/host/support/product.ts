import assert from 'node:assert/strict';
import { extensions } from 'vscode';
import type { ClaimSummary, PvcWatchApi, StorageSummary } from '../../../src/api.ts';
import { until } from '../../support/until.ts';

/** Whatever is waited for comes much sooner; how soon is the bench's business. */
export const limitMs = 60_000;

/** The API of the product as another extension gets it. */
export async function pvcWatch(): Promise<PvcWatchApi> {
  const extension = extensions.getExtension<PvcWatchApi>('pvcwatch.pvcwatch');
  assert.ok(extension, 'the extension is installed');
  return await extension.activate();
}

/** The first summary that fits; fails with the last one that did not. */
export async function summaryWhen(what: string, fits: (summary: StorageSummary) => boolean): Promise<StorageSummary> {
  const api = await pvcWatch();
  try {
    return await until(what, limitMs, () => {
      const summary = api.snapshot();
      return fits(summary) ? summary : undefined;
    });
  } catch (error) {
    const { namespaces, ...rest } = api.snapshot();
    throw new Error(`${String(error)} Last seen: ${JSON.stringify({ ...rest, namespaces: namespaces.length })}`);
  }
}

/** The summary once a context is live and has been read. */
export async function live(contextName: string): Promise<StorageSummary> {
  return await summaryWhen(
    `${contextName} is live`,
    ({ context, state, asOf }) => context === contextName && state === 'live' && asOf !== null,
  );
}

/** Nothing is followed. */
export async function nothingFollowed(): Promise<StorageSummary> {
  return await summaryWhen('nothing is followed', ({ context, state }) => context === null && state === 'none');
}

export function claimsOf({ namespaces }: StorageSummary): readonly ClaimSummary[] {
  return namespaces.flatMap(({ claims }) => claims);
}

export function claimIn({ namespaces }: StorageSummary, namespace: string, name: string): ClaimSummary | undefined {
  return namespaces.find((each) => each.name === namespace)?.claims.find((each) => each.name === name);
}
