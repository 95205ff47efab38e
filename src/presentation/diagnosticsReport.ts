import type { Settings } from '../domain/settings.ts';
import { humanBytes } from './bytes.ts';
import { readable } from './gaugeTooltip.ts';
import type { StorageView } from './storageView.ts';
import { plain } from './text.ts';

/** What one loop that follows a kind has been doing. */
export interface LoopFacts {
  readonly path: string;
  readonly state: string;
  readonly items: number;
  /** Objects of the last list that could not be read, and are missing. */
  readonly unreadable: number;
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly failures: number;
  readonly lastError?: string;
}

export interface DiagnosticsFacts {
  readonly extensionVersion: string;
  readonly vscodeVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly nowMs: number;
  /** Undefined while no session is open. */
  readonly session:
    | {
        readonly serverVersion: string | undefined;
        readonly requests: number;
        readonly connections: number;
        readonly sockets: number;
        readonly drift: number;
        readonly reflectors: readonly LoopFacts[];
      }
    | undefined;
  readonly settings: Settings;
}

/**
 * A report to be attached to a bug report: no token, certificate or plugin output, and no arguments of commands.
 * Names of contexts, clusters and namespaces are in it, and it says so.
 */
export function diagnosticsReport(view: StorageView, facts: DiagnosticsFacts): string {
  const { snapshot } = view;
  const { target, connection } = snapshot;
  const problem = connection.state === 'none' ? connection : 'error' in connection ? connection.error : undefined;
  const error = problem ? ` — ${code(problem.reason)}: ${code(problem.message)}` : '';
  return [
    '# PVC Watch diagnostics',
    'Contains names of contexts, clusters and namespaces, and no secrets.',
    table([
      ['written', new Date(facts.nowMs).toISOString()],
      ['PVC Watch', facts.extensionVersion],
      ['VS Code', facts.vscodeVersion],
      ['Node', facts.nodeVersion],
      ['platform', facts.platform],
      ['runs on', view.remote ?? 'the desktop'],
    ]),
    '## Target',
    target
      ? table([
          ['context', `${target.contextName}${view.pinned ? ' (pinned)' : ''}`],
          ['cluster', target.clusterName],
          ['server', target.server],
          ['user', target.userName],
          ['namespace', target.namespace],
          ['source', target.source],
          ['server version', facts.session?.serverVersion ?? 'unknown'],
          ['cluster identity', snapshot.identity ?? 'unknown'],
        ])
      : 'None.',
    `State: **${connection.state}**${error}`,
    '## Storage',
    table([
      ['claims', String(snapshot.claimCount)],
      ['claimed', `${humanBytes(snapshot.claimedBytes)} (${snapshot.claimedBytes} bytes)`],
      ['of unknown size', String(snapshot.uncounted)],
      ['namespaces', readable(snapshot.members)],
      ['last heard', snapshot.heardMs === undefined ? 'never' : new Date(snapshot.heardMs).toISOString()],
      ['synced', String(snapshot.synced)],
      ['readings', readingCounts(view)],
      ['open episodes', String(view.alerts.open.length)],
    ]),
    '## Connection',
    facts.session
      ? table([
          ['requests', String(facts.session.requests)],
          ['dispatchers', String(facts.session.connections)],
          ['open connections', String(facts.session.sockets)],
          ['drift found by relists', String(facts.session.drift)],
        ])
      : 'No session is open.',
    ...(facts.session ? [loops(facts.session.reflectors)] : []),
    '## Settings',
    settingsTable(facts.settings),
  ].join('\n\n');
}

/** How many readings there are of each quality: `measured 12, notMounted 3`. */
function readingCounts({ readings }: StorageView): string {
  const counts = new Map<string, number>();
  for (const { quality } of readings.values()) counts.set(quality, (counts.get(quality) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([quality, count]) => `${quality} ${count}`).join(', ') || 'none';
}

function table(rows: readonly (readonly [string, string])[]): string {
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${code(value)} |`)].join('\n');
}

/** Text as it is, between backticks, so that the report reads well as it stands and as Markdown. */
function code(text: string): string {
  const safe = plain(text, 1000).replaceAll('`', "'").replaceAll('|', '\\|');
  return safe === '' ? '' : `\`${safe}\``;
}

function loops(reflectors: readonly LoopFacts[]): string {
  const head =
    '| path | state | objects | lists | watches | events | failures | last error |\n|---|---|---|---|---|---|---|---|';
  const rows = reflectors.map(
    ({ path, state, items, unreadable, lists, watches, events, failures, lastError }) =>
      `| ${code(path)} | ${state} | ${items}${unreadable > 0 ? ` (${unreadable} unreadable)` : ''} | ${lists} | ${watches} | ${events} | ${failures} | ${code(lastError ?? '')} |`,
  );
  return [head, ...rows].join('\n');
}

/** Actions and places by kind only: they may hold anything. */
function settingsTable(settings: Settings): string {
  const { maxClaims, budgets, usagePrometheus, onBreach, onNormal, contexts, ...plain } = settings;
  const rows: [string, string][] = Object.entries(plain).map(([name, value]) => [name, JSON.stringify(value)]);
  rows.push([
    'maxClaims',
    maxClaims ? `${humanBytes(maxClaims.bytes)}${maxClaims.explicit ? '' : ' (default)'}` : 'none',
  ]);
  rows.push(['budgets', String(budgets.length)]);
  rows.push(['usagePrometheus', usagePrometheus?.place?.kind ?? 'looked for']);
  rows.push(['onBreach', onBreach?.kind ?? 'none']);
  rows.push(['onNormal', onNormal?.kind ?? 'none']);
  rows.push(['contexts', String(Object.keys(contexts).length)]);
  return table(rows);
}
