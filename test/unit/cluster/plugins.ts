import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecConfig } from '../../../src/cluster/resolvedTarget.ts';

export const v1 = 'client.authentication.k8s.io/v1';

/** A folder for the test that is running, gone after it. */
export function testFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Writes an executable shell script and answers its path. */
export function script(folder: string, name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A shell command that prints an ExecCredential. */
export function printing(status: Readonly<Record<string, unknown>>, apiVersion = v1): string {
  return `cat <<'END'\n${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\nEND`;
}

export function execConfig(command: string, more: Partial<ExecConfig> = {}): ExecConfig {
  return { apiVersion: v1, command, args: [], env: [], provideClusterInfo: false, alwaysInteractive: false, ...more };
}
