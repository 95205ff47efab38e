import type { HistorySample } from '../domain/historySample.ts';
import type { ClaimSample } from './history.ts';

/** What a history worker is started with (`workerData`). */
export interface HistoryWorkerData {
  /** The database; its folder exists. */
  readonly file: string;
  readonly mostBytes: number;
}

/** To the worker. Every request has an answer of the same number. */
export type ToHistoryWorker = { readonly stop: true } | HistoryRequest;

export type HistoryRequest = { readonly request: number } & HistoryCall;

export type HistoryCall =
  | { readonly append: readonly ClaimSample[]; readonly identity: string; readonly nowMs: number }
  | { readonly read: string; readonly identity: string; readonly fromMs: number; readonly toMs: number }
  | { readonly clear: true };

/** From the worker. The first is `ready` or `unavailable`, after which it ends. */
export type FromHistoryWorker =
  | { readonly ready: true }
  | { readonly unavailable: string }
  | { readonly warning: string }
  | { readonly answer: number; readonly samples?: readonly HistorySample[]; readonly error?: string };
