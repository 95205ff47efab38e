import { systemClock } from '../../src/base/clock.ts';
import { startDemoServer } from '../../src/demo/server.ts';
import { clusterContract } from './suite.ts';

clusterContract('the demo server', async () => {
  const server = await startDemoServer({ clock: systemClock, random: Math.random, life: false });
  const { port, token, kubeconfig, state } = server;
  return {
    server: `http://127.0.0.1:${port}`,
    token,
    kubeconfig,
    waitingClass: 'fast-ssd',
    expireHistory: async () => state.compact(),
    stop: () => server.stop(),
  };
});
