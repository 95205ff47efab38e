import { BenchProcess } from '../childProcess.ts';
import type { ServerReady } from './server.ts';

export interface ClusterSize {
  readonly claims: number;
  /** Events that a watch gets after a request of `/bench/stream`. */
  readonly events: number;
}

/** Runs `work` with the address of a fast server in a process of its own. */
export async function withCluster<T>(size: ClusterSize, work: (server: string) => Promise<T>): Promise<T> {
  const process = new BenchProcess('cluster/server.ts', [String(size.claims), String(size.events)]);
  try {
    const { port } = await process.message<ServerReady>();
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    await process.stop();
  }
}
