import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { type DiagnosticsFacts, diagnosticsReport } from '../../../src/presentation/diagnosticsReport.ts';
import { heardMs, noReading, readingOf, targetOf, viewOf } from '../../support/views.ts';

const facts: DiagnosticsFacts = {
  extensionVersion: '0.1.0',
  vscodeVersion: '1.106.0',
  nodeVersion: '24.0.0',
  platform: 'linux x64',
  nowMs: heardMs,
  session: undefined,
  settings: defaultSettings,
};

describe('diagnostics report', () => {
  it('says what is followed, as Markdown', () => {
    const report = diagnosticsReport(viewOf({ claims: ['shop/a 1Gi'] }), facts);
    assert.match(report, /^# PVC Watch diagnostics\n/);
    assert.match(report, /\| context \| `kind-dev` \|/);
    assert.match(report, /\| claims \| `1` \|/);
    assert.match(report, /No session is open\./);
  });

  it('counts readings by quality', () => {
    const readings = {
      'shop/a': readingOf(1),
      'shop/b': noReading('block', 'A block volume.'),
      'shop/c': readingOf(2),
    };
    assert.match(diagnosticsReport(viewOf({ readings }), facts), /\| readings \| `block 1, measured 2` \|/);
    assert.match(diagnosticsReport(viewOf(), facts), /\| readings \| `none` \|/);
  });

  it('has nothing of what actions are given', () => {
    const onBreach = { kind: 'command', command: 'my.hidden', args: ['token-1234'] } as const;
    const report = diagnosticsReport(viewOf(), { ...facts, settings: { ...defaultSettings, onBreach } });
    assert.match(report, /\| onBreach \| `command` \|/);
    assert.doesNotMatch(report, /hidden|token-1234/);
  });

  it('is not broken by hostile names', () => {
    const hostile = 'a | b` | `\n# [x](command:y) <script>';
    const error = { reason: 'unreachable', message: hostile } as const;
    const report = diagnosticsReport(
      viewOf({
        target: targetOf({ contextName: hostile, clusterName: hostile, userName: hostile, source: hostile }),
        snapshot: { connection: { state: 'failing', error } },
        view: { remote: hostile },
      }),
      {
        ...facts,
        session: {
          serverVersion: hostile,
          requests: 1,
          connections: 1,
          sockets: 3,
          drift: 0,
          reflectors: [
            {
              path: hostile,
              state: 'live',
              items: 1,
              unreadable: 2,
              lists: 1,
              watches: 1,
              events: 1,
              failures: 1,
              lastError: hostile,
            },
          ],
        },
      },
    );
    assert.match(report, / 1 \(2 unreadable\) /);
    assert.match(report, /\| open connections \| `3` \|/);
    const outside = report.replace(/`[^`\n]*`/g, (span) => span.replaceAll('\\|', '').replace(/[^|]/g, ''));
    assert.doesNotMatch(outside, /\]\(|<script|`/);
    const columns = outside.split('\n').flatMap((line) => (line.startsWith('|') ? [line.split('|').length - 2] : []));
    assert.deepEqual([...new Set(columns)].sort(), [2, 8], 'no cell is torn');
  });
});
