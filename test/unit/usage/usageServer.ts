import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { UsageContext } from '../../../src/usage/kubelets.ts';
import { type Exchange, FakeApiServer } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { noCredential, targetAt } from '../cluster/reflectorHarness.ts';

/** An API server that passes requests on, and what is needed to ask it. */
export class UsageServer {
  readonly server: FakeApiServer;
  readonly connection: Connection;
  readonly clock = new FakeClock();
  readonly context: UsageContext;

  private constructor(server: FakeApiServer) {
    this.server = server;
    this.connection = new Connection(targetAt(server.url), noCredential, silentLog);
    this.context = { connection: this.connection, clock: this.clock, random: () => 0.5, log: silentLog };
  }

  static async start(handler: (exchange: Exchange) => void): Promise<UsageServer> {
    const server = await FakeApiServer.start();
    server.handler = handler;
    return new UsageServer(server);
  }

  get paths(): readonly string[] {
    return this.server.requests.map(({ path }) => path);
  }

  async close(): Promise<void> {
    this.connection.dispose();
    await this.server.close();
  }
}
