import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdDecompress } from 'node:zlib';
import type { AdminClient } from '../../test/support/adminClient.ts';
import { claimOf } from '../cluster/claims.ts';

/** What is measured on: as many as the archive has. */
export const claimCount = 20_003;
const namespaceCount = 202;
const writersAtOnce = 16;
const archive = join(import.meta.dirname, '..', '..', '..', 'shared', 'controlplane', 'etcd-20k-claims.tar.zst');
/** It was written with a window of 256 MiB. */
const windowLog = 28;

/** Unpacks an etcd data folder with the claims into `folder`, and returns its path; undefined where the archive is not. */
export async function unpackedDataset(folder: string): Promise<string | undefined> {
  if (!existsSync(archive)) return undefined;
  mkdirSync(folder, { recursive: true });
  const tar = spawn('tar', ['-x', '-C', folder], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(tar, 'exit');
  const unpack = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: windowLog } });
  // tar ends at the end of the archive, before all that is behind it has been written to it: only tar knows whether all is well.
  await pipeline(createReadStream(archive), unpack, tar.stdin).catch(() => {});
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar has ended with ${String(code)}.`);
  return join(folder, 'etcd');
}

/** Makes the same number of claims of about the same size on a cluster that has none. Takes a minute or two. */
export async function generateDataset(admin: AdminClient): Promise<void> {
  const namespaces = Array.from({ length: namespaceCount }, (_, index) => `team-${index}`);
  await atOnce(namespaces, (name) => admin.must('POST', '/api/v1/namespaces', { metadata: { name } }));
  const indexes = Array.from({ length: claimCount }, (_, index) => index);
  await atOnce(indexes, async (index) => {
    const home = namespaces[index % namespaceCount] ?? '';
    const { metadata, spec } = claimOf(index, home);
    const { name, namespace, labels, annotations } = metadata;
    const path = `/api/v1/namespaces/${home}/persistentvolumeclaims`;
    await admin.must('POST', path, { metadata: { name, namespace, labels, annotations }, spec });
  });
}

async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: writersAtOnce }, lane));
}
