/** What a demo worker is started with (`workerData`). Every field may be left out. */
export interface DemoWorkerData {
  /** The effective budget, which the claimed total swings around. Default 200Gi. */
  readonly budgetBytes?: bigint;
}

/** To the worker: the budget has changed, or the server is to end. */
export type ToDemoWorker = { readonly budgetBytes: bigint } | { readonly stop: true };

/** From the worker, once: the server is ready, or could not be started. */
export type FromDemoWorker =
  | { readonly kubeconfig: string; readonly port: number; readonly token: string }
  | { readonly error: string };
