import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { Program } from './childProcess.ts';
import { until } from './until.ts';

/** The binary that `PVCWATCH_PROMETHEUS` names, or the one on the PATH (Debian's package `prometheus`); undefined without. */
export function prometheusBinary(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'prometheus'));
  return [process.env.PVCWATCH_PROMETHEUS ?? '', ...onPath].find((file) => file !== '' && existsSync(file));
}

/** `promtool`, which every package of Prometheus puts beside it; undefined without. */
export function promtoolBinary(): string | undefined {
  const prometheus = prometheusBinary();
  const promtool = prometheus === undefined ? undefined : join(dirname(prometheus), 'promtool');
  return promtool !== undefined && existsSync(promtool) ? promtool : undefined;
}

/** A real Prometheus on loopback that scrapes what `metrics` says each second, as the kubelet of `n1`. */
export class PrometheusProgram {
  readonly port: number;
  readonly #program: Program;
  readonly #exporter: Server;

  private constructor(port: number, program: Program, exporter: Server) {
    this.port = port;
    this.#program = program;
    this.#exporter = exporter;
  }

  /** `web`: what is in its `--web.config.file`, TLS and users. Then it is not waited for: only who may can ask it. */
  static async start(binary: string, folder: string, metrics: () => string, web?: object): Promise<PrometheusProgram> {
    const exporter = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics());
    });
    const port = await freePort();
    const target = `127.0.0.1:${await listen(exporter)}`;
    const static_configs = [{ targets: [target], labels: { node: 'n1', cluster: 'prod-eu' } }];
    const config = {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'kubelet', honor_labels: true, static_configs }],
    };
    const file = join(folder, 'prometheus.json');
    writeFileSync(file, JSON.stringify(config));
    const data = join(folder, 'prometheus');
    const flags = ['--config.file', file, '--storage.tsdb.path', data, '--web.listen-address', `127.0.0.1:${port}`];
    const webFile = join(folder, 'prometheus-web.json');
    if (web) {
      writeFileSync(webFile, JSON.stringify(web));
      flags.push('--web.config.file', webFile);
    }
    const log = join(folder, 'prometheus.log');
    const prometheus = new PrometheusProgram(port, new Program(binary, flags, log), exporter);
    if (web) return prometheus;
    await until('Prometheus has scraped', 60_000, async () => {
      const query = new URLSearchParams({ query: 'kubelet_volume_stats_capacity_bytes' });
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${query}`).catch(() => undefined);
      return answer?.ok && (await answer.text()).includes('persistentvolumeclaim');
    });
    return prometheus;
  }

  async stop(): Promise<void> {
    await this.#program.stop('SIGKILL');
    this.#exporter.closeAllConnections();
    await new Promise<void>((resolve) => this.#exporter.close(() => resolve()));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
