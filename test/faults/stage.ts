import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../../src/domain/target.ts';
import { ControlPlane, type User } from '../support/controlPlane.ts';
import { FastClock } from '../support/fastClock.ts';
import { FaultProxy } from '../support/faultProxy.ts';
import { Followed } from '../support/followedSession.ts';
import { TcpRelay } from '../support/tcpRelay.ts';
import { until } from '../support/until.ts';

/** How much faster than the machine's the product's clock runs here: limits of a minute pass in six seconds. */
export const times = 10;

/** A real control plane with a bad way to it, and the sessions that follow it by that way. */
export class Stage {
  readonly plane: ControlPlane;
  /** The way as bytes: TLS goes through to the API server itself. */
  readonly relay: TcpRelay;
  /** The way as HTTP. */
  readonly proxy: FaultProxy;
  readonly unhandled: unknown[] = [];
  readonly #followed: Followed[] = [];
  readonly #noteUnhandled = (reason: unknown) => this.unhandled.push(reason);
  #files = 0;

  private constructor(plane: ControlPlane, relay: TcpRelay, proxy: FaultProxy) {
    this.plane = plane;
    this.relay = relay;
    this.proxy = proxy;
    process.on('unhandledRejection', this.#noteUnhandled);
  }

  static async start(): Promise<Stage> {
    const plane = await ControlPlane.start();
    const relay = await TcpRelay.start(Number(new URL(plane.server).port));
    return new Stage(plane, relay, await FaultProxy.start(plane.server, plane.ca, plane.servingCertificate('proxy')));
  }

  /** Where a session on this way finds the server. */
  urlBy(way: 'relay' | 'proxy'): string {
    return way === 'proxy' ? this.proxy.url : `https://127.0.0.1:${this.relay.port}`;
  }

  /** A kubeconfig of one context that leads by one of the ways, with another proof of the user if one is given. */
  kubeconfig(
    user: User,
    way: 'relay' | 'proxy',
    proof?: Readonly<Record<string, string>>,
    context = 'faults',
  ): Record<string, unknown> {
    const config = this.plane.kubeconfigObject(user, context);
    const [cluster] = config.clusters as [{ name: string; cluster: Record<string, string> }];
    cluster.cluster.server = this.urlBy(way);
    return proof ? { ...config, users: [{ name: user, user: proof }] } : config;
  }

  /** A path for a file of a test in the folder of the control plane. */
  file(text: string): string {
    const path = join(this.plane.folder, `faults-${++this.#files}`);
    writeFileSync(path, text);
    return path;
  }

  /** Opens a session and waits until it is live and equal to the server. */
  async follow(
    user: User,
    way: 'relay' | 'proxy',
    options: { readonly scope?: Partial<Scope>; readonly proof?: Readonly<Record<string, string>> } = {},
  ): Promise<Followed> {
    const followed = this.open(user, way, options);
    await until('the session is live', 30_000, () => {
      const { synced, connection } = followed.snapshot;
      return synced && connection.state === 'live';
    });
    return followed;
  }

  open(
    user: User,
    way: 'relay' | 'proxy',
    options: { readonly scope?: Partial<Scope>; readonly proof?: Readonly<Record<string, string>> } = {},
  ): Followed {
    const config = this.kubeconfig(user, way, options.proof);
    const followed = new Followed(JSON.stringify(config), new FastClock(times), options.scope);
    this.#followed.push(followed);
    return followed;
  }

  /** Mends the ways, ends all sessions, and checks that they have left nothing: no socket, no timer, no rejection. */
  async strike(): Promise<void> {
    const ended = this.#followed.splice(0);
    for (const followed of ended) followed.session.dispose();
    // One that is still being connected on a silent way is given up after ten seconds.
    await until('every socket is closed', 15_000, () => this.relay.open + this.proxy.way.open === 0);
    await this.relay.become('open');
    await this.proxy.mend();
    const asked = this.proxy.requests.length;
    await until('every timer is gone', 2_000, () => ended.every(({ clock }) => clock.pendingTimers === 0));
    assert.equal(this.proxy.requests.length, asked, 'asked by a session that has ended');
    assert.deepEqual(this.unhandled, []);
  }

  async stop(): Promise<void> {
    process.off('unhandledRejection', this.#noteUnhandled);
    await this.relay.close();
    await this.proxy.close();
    await this.plane.stop();
  }
}
