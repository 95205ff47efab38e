import assert from 'node:assert/strict';
import { prefixed } from '../../../src/base/log.ts';
import { outputLog } from '../../../src/host/outputLog.ts';

describe('the log', () => {
  it('writes one line a message at its level, whatever is named in it', () => {
    const lines: string[] = [];
    const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
    const channel = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
    const log = outputLog(channel);
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      log[level]('Context a\n2026-01-01 [error] forged\u001b[2J is followed.');
    prefixed(log, 'demo').info('x'.repeat(10_000));
    const line = 'Context a 2026-01-01 [error] forged [2J is followed.';
    assert.deepEqual(lines.slice(0, 4), [`debug ${line}`, `info ${line}`, `warn ${line}`, `error ${line}`]);
    assert.ok((lines[4] ?? '').length <= 4_005);
  });
});
