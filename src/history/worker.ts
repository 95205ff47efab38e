import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { silentLog } from '../base/log.ts';
import type { HistorySample } from '../domain/historySample.ts';
import { HistoryFile } from './historyFile.ts';
import type { FromHistoryWorker, HistoryCall, HistoryWorkerData, ToHistoryWorker } from './protocol.ts';
import { Tidying } from './tidying.ts';

/** The entry of a worker thread that keeps a history file until it is told to stop or its parent lets go of it. */
async function run(port: MessagePort, { file, mostBytes }: HistoryWorkerData): Promise<void> {
  const tell = (message: FromHistoryWorker) => port.postMessage(message);
  const warn = (warning: string) => tell({ warning });
  let opened: HistoryFile;
  try {
    // Editors with a Node before 22.13 do not have it.
    opened = new HistoryFile(await import('node:sqlite'), { file, mostBytes, log: { ...silentLog, warn } });
  } catch (error) {
    tell({ unavailable: textOf(error) });
    port.close();
    return;
  }
  const tidying = new Tidying(opened, (error) => warn(`The history of usage could not be tidied up: ${textOf(error)}`));
  const answer = (call: HistoryCall): readonly HistorySample[] => {
    if ('read' in call) return opened.read(call.identity, call.read, call.fromMs, call.toMs);
    if ('clear' in call) opened.clear();
    else {
      opened.append(call.identity, call.append, call.nowMs);
      void tidying.due(call.nowMs);
    }
    return [];
  };
  port.on('message', (message: ToHistoryWorker) => {
    if ('stop' in message) port.close();
    else {
      try {
        tell({ answer: message.request, samples: answer(message) });
      } catch (error) {
        tell({ answer: message.request, error: textOf(error) });
      }
    }
  });
  port.on('close', () => {
    tidying.end();
    opened.close();
  });
  tell({ ready: true });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort) void run(parentPort, workerData as HistoryWorkerData);
