import { join } from 'node:path';
import { packageVsix } from '../scripts/vsix.ts';
import type { Measurement } from './measurement.ts';

const allowedBytes = 1_000_000;

/** The package as a person downloads it. */
export async function packageSize(folder: string): Promise<Measurement[]> {
  const { bytes, contents } = await packageVsix(join(folder, 'pvcwatch.vsix'));
  const largest = contents.toSorted((a, b) => b.bytes - a.bytes).slice(0, 3);
  return [
    {
      name: 'package: .vsix',
      unit: 'bytes',
      ours: bytes,
      peer: allowedBytes,
      bound: { of: 'ratio', atMost: 1 },
      detail: `Largest before compression: ${largest.map(({ path, bytes: size }) => `${path} ${size}`).join(', ')}.`,
    },
  ];
}
