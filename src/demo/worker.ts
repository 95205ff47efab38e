import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import type { DemoWorkerData, FromDemoWorker, ToDemoWorker } from './protocol.ts';
import { type DemoServer, startDemoServer } from './server.ts';

/** The entry of a worker thread that runs a demo server until it is told to stop or its parent lets go of it. */
async function run(): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const tell = (message: FromDemoWorker) => port.postMessage(message);
  let server: DemoServer | undefined;
  let stopped = false;
  const stop = async () => {
    stopped = true;
    await server?.stop();
    port.close();
  };
  port.on('message', (message: ToDemoWorker) => {
    if ('stop' in message) void stop();
    else server?.setBudget(message.budgetBytes);
  });
  port.on('close', () => void stop());
  try {
    const data = (workerData ?? {}) as DemoWorkerData;
    server = await startDemoServer({ ...data, clock: systemClock, random: Math.random });
    if (stopped) await server.stop();
    else tell({ kubeconfig: server.kubeconfig, port: server.port, token: server.token });
  } catch (error) {
    tell({ error: error instanceof Error ? error.message : String(error) });
    port.close();
  }
}

void run();
