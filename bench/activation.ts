import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { stageExtension } from '../scripts/stage.ts';
import { writeEmptyExtension } from './activation/emptyExtension.ts';
import { hostRounds } from './activation/hostRounds.ts';
import type { ActivationReport } from './activation/probe.ts';
import { least, type Measurement } from './measurement.ts';

const ownId = 'pvcwatch.pvcwatch';
const emptyId = 'bench.empty';
/** Half of them in each order: the best of six in a place is steady on a noisy machine. */
const timedRounds = 12;
/** Never fires: the probe alone activates both. */
const activationEvents = ['onCommand:bench.never'];

/** What the extension costs a window that starts, against one that does nothing in the same extension host. */
export async function activation(folder: string): Promise<Measurement[]> {
  const extensionsDir = join(folder, 'extensions');
  stageOwn(join(extensionsDir, `${ownId}-0.0.0`));
  writeEmptyExtension(join(extensionsDir, `${emptyId}-1.0.0`), emptyId, activationEvents);
  const probe = join(folder, 'probe');
  writeEmptyExtension(probe, 'bench.probe', activationEvents);
  await build({
    entryPoints: [join(import.meta.dirname, 'activation', 'probe.ts')],
    outfile: join(probe, 'probe.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const timed = Array.from({ length: timedRounds }, (_, index) => ({
    // Whoever is first pays for what VS Code itself does only once.
    order: index % 2 === 0 ? [ownId, emptyId] : [emptyId, ownId],
    watchIo: false,
  }));
  const watched = { order: [emptyId, ownId], watchIo: true };
  const reports = await hostRounds({ folder, extensionsDir, probe, rounds: [...timed, watched] });

  return [...times(reports.slice(0, timedRounds)), ...reach(reports.slice(timedRounds).flat())];
}

/** As it is shipped, but for the events. */
function stageOwn(folder: string): void {
  stageExtension(folder, { production: true });
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), activationEvents }));
}

/** Mean of the best as the first and the best as the second of an extension host. */
function times(rounds: readonly (readonly ActivationReport[])[]): Measurement[] {
  const of = (id: string, read: (report: ActivationReport) => number) => {
    const inPlace = (place: number) =>
      least(rounds.flatMap((round) => (round[place]?.id === id ? [read(round[place])] : [])));
    return (inPlace(0) + inPlace(1)) / 2;
  };
  const compared = (name: string, read: (report: ActivationReport) => number): Measurement => ({
    name: `activation: ${name}`,
    unit: 'ms',
    ours: of(ownId, read),
    peer: of(emptyId, read),
  });
  return [
    { ...compared('until active', ({ totalMs }) => totalMs), bound: { of: 'ratio', atMost: 3 } },
    compared('load of the main file', ({ loadMs }) => loadMs),
    compared('call of activate', ({ callMs }) => callMs),
  ];
}

function reach(reports: readonly ActivationReport[]): Measurement[] {
  const own = reports.filter(({ id }) => id === ownId);
  const loaded = own.flatMap((report) => report.loaded);
  const io = own.flatMap((report) => report.io);
  return [
    {
      name: 'activation: files loaded on the calling turn',
      unit: '',
      ours: loaded.length,
      bound: { of: 'figure', atMost: 1 },
      detail: `Loaded: ${loaded.join(', ')}.`,
    },
    {
      name: 'activation: other I/O on the calling turn',
      unit: '',
      ours: io.length,
      bound: { of: 'figure', atMost: 0 },
      detail: `Found: ${io.join('; ')}.`,
    },
  ];
}
