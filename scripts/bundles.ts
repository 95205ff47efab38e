/**
 * Bundle name → entry. All but the first are loaded on demand: esbuild does not split CommonJS, so the first one names
 * them by a dynamic import of their source, which becomes a `require` of the file next to it.
 */
export const bundles = {
  extension: 'src/extension.ts',
  product: 'src/product.ts',
  follow: 'src/session/follow.ts',
  cluster: 'src/session/openSession.ts',
  kubernetesExtension: 'src/host/kubernetesExtension.ts',
  demoWorker: 'src/demo/worker.ts',
  historyWorker: 'src/history/worker.ts',
} as const;
