import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConfigurationTarget,
  CustomExecution,
  commands,
  type Disposable,
  EventEmitter,
  ProcessExecution,
  Task,
  TaskGroup,
  TaskScope,
  tasks,
  workspace,
} from 'vscode';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { temporaryFolder, writeKubeconfig } from '../support/kubeconfigFile.ts';
import { limitMs, summaryWhen } from '../support/product.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

type Facts = Readonly<Record<string, unknown>>;

const gi = 2 ** 30;
const bytes = (gibibytes: number) => String(gibibytes * gi);

describe('actions', () => {
  let cluster: SimulatedCluster;
  let calls: unknown[][];
  let own: Disposable[];

  beforeEach(async () => {
    // A cluster of its own each: to the same one a crossing within half an hour is nothing new.
    cluster = await SimulatedCluster.start();
    await cluster.createNamespace('shop');
    await cluster.create('shop', 'orders', '8Gi');
    calls = [];
    own = [commands.registerCommand('test.note', (...given: unknown[]) => void calls.push(given))];
    await set('namespaces', ['shop']);
    await set('maxClaims', '10Gi');
    await set('alerts.openAfterSeconds', 0);
    await set('alerts.closeAfterSeconds', 0);
  });
  afterEach(async () => {
    for (const each of own) each.dispose();
    await cleanWindow();
    await cluster.stop();
  });

  const facts = () => calls.map((given) => given.at(-1) as Facts);

  async function follow(): Promise<void> {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await claimed(8);
    // The budget is judged from the first complete reading on, which a moment later has an identity, too.
    await sleep(2_000);
  }

  async function claimed(gibibytes: number): Promise<void> {
    await summaryWhen(`${gibibytes} Gi are claimed`, ({ claimedBytes }) => claimedBytes === gibibytes * gi);
  }

  it('onBreach and onNormal: run a command once each, with their arguments and then the facts', async () => {
    await set('onBreach', { command: 'test.note', args: ['over', { deep: [1] }] });
    await set('onNormal', { command: 'test.note', args: ['back'] });
    await follow();
    await cluster.create('shop', 'invoices', '4Gi');
    await until('the breach was told', limitMs, () => calls.length > 0);
    assert.deepEqual(calls[0]?.slice(0, -1), ['over', { deep: [1] }]);
    const { openedAt, ...breach } = facts()[0] ?? {};
    assert.equal(new Date(String(openedAt)).toISOString(), openedAt);
    assert.deepEqual(JSON.parse(JSON.stringify(breach)), {
      phase: 'breach',
      context: 'shop-eu',
      subject: 'total',
      demo: false,
      claimedBytes: bytes(12),
      budgetBytes: bytes(10),
      latestClaim: 'shop/invoices',
      latestBytes: bytes(4),
    });
    await cluster.create('shop', 'more', '1Gi');
    await claimed(13);
    await cluster.delete('shop', 'more');
    await cluster.delete('shop', 'invoices');
    await until('the end was told', limitMs, () => calls.length > 1);
    assert.equal(calls[1]?.[0], 'back');
    assert.deepEqual([facts()[1]?.phase, facts()[1]?.claimedBytes], ['normal', bytes(8)]);
    // The same condition within half an hour goes on with the same episode.
    await cluster.create('shop', 'again', '4Gi');
    await claimed(12);
    await sleep(3_000);
    assert.equal(calls.length, 2);
  });

  it('onBreach: runs for a further budget, of a namespace', async () => {
    await set('budgets', { 'namespace:shop': '9Gi' });
    await set('onBreach', { command: 'test.note' });
    await follow();
    await cluster.create('shop', 'invoices', '1536Mi');
    await until('the breach was told', limitMs, () => calls.length > 0);
    assert.equal(facts()[0]?.subject, 'namespace:shop');
    assert.equal(facts()[0]?.claimedBytes, String(9.5 * gi));
  });

  it('onBreach: is not run because a setting was changed', async () => {
    await set('onBreach', { command: 'test.note' });
    await follow();
    await set('maxClaims', '5Gi');
    await summaryWhen('the budget is exceeded', ({ breached }) => breached);
    await sleep(3_000);
    assert.deepEqual(calls, []);
  });

  it('onBreach: a command that fails or does not exist keeps onNormal from nothing', async () => {
    await set('onBreach', { command: 'test.doesNotExist' });
    await set('onNormal', { command: 'test.note' });
    await follow();
    await cluster.create('shop', 'invoices', '4Gi');
    await summaryWhen('the budget is exceeded', ({ breached }) => breached);
    await sleep(2_000);
    await cluster.delete('shop', 'invoices');
    await until('the end was told', limitMs, () => calls.length > 0);
    assert.equal(facts()[0]?.phase, 'normal');
  });

  it('onBreach: runs a shell task of the workspace with the facts in its environment', async () => {
    const out = join(temporaryFolder(), 'breach.txt');
    const task = { label: 'write the breach', type: 'shell', command: `env > '${out}.tmp'; mv '${out}.tmp' '${out}'` };
    const started: string[] = [];
    own.push(tasks.onDidStartTask((event) => started.push(event.execution.task.name)));
    await setTasks([task]);
    own.push({ dispose: () => void setTasks(undefined) });
    const known = async () => (await tasks.fetchTasks()).some(({ name }) => name === task.label);
    await until('VS Code knows the task', limitMs, known);
    await set('onBreach', { task: 'write the breach' });
    await follow();
    await cluster.create('shop', 'invoices', '4Gi');
    await until('VS Code has started the task', limitMs, () => started.includes(task.label));
    await until('the task has run', limitMs, () => existsSync(out));
    const lines = readFileSync(out, 'utf8').split('\n');
    for (const line of [
      'PVCWATCH_PHASE=breach',
      'PVCWATCH_CONTEXT=shop-eu',
      'PVCWATCH_SUBJECT=total',
      `PVCWATCH_CLAIMED_BYTES=${bytes(12)}`,
      `PVCWATCH_BUDGET_BYTES=${bytes(10)}`,
      'PVCWATCH_LATEST_CLAIM=shop/invoices',
    ])
      assert.ok(lines.includes(line), line);
  });

  it('onBreach: runs a process task that a provider offers, with its own environment, too', async () => {
    const out = join(temporaryFolder(), 'provided.txt');
    const execution = new ProcessExecution('/bin/sh', ['-c', `echo "$OWN $PVCWATCH_PHASE" > '${out}'`], {
      env: { OWN: 'kept' },
    });
    const task = new Task({ type: 'test' }, TaskScope.Workspace, 'provided', 'test', execution);
    const started: Task[] = [];
    task.detail = 'what it does';
    task.group = TaskGroup.Test;
    task.isBackground = true;
    task.runOptions = { reevaluateOnRerun: false };
    own.push(provider(task));
    own.push(tasks.onDidStartTask((event) => started.push(event.execution.task)));
    await set('onBreach', { task: 'provided' });
    await follow();
    await cluster.create('shop', 'invoices', '4Gi');
    await until('the task has run', limitMs, () => existsSync(out) && readFileSync(out, 'utf8') !== '');
    assert.equal(readFileSync(out, 'utf8'), 'kept breach\n');
    await until('VS Code says which task it started', limitMs, () => started.length > 0);
    const [ran] = started;
    assert.deepEqual(
      [ran?.detail, ran?.group?.id, ran?.isBackground, ran?.runOptions.reevaluateOnRerun],
      ['what it does', TaskGroup.Test.id, true, false],
    );
  });

  it('onBreach: refuses a task of another kind, and goes on', async () => {
    let ran = false;
    const execution = new CustomExecution(async () => {
      ran = true;
      const [written, closed] = [new EventEmitter<string>(), new EventEmitter<number>()];
      return { onDidWrite: written.event, onDidClose: closed.event, open: () => closed.fire(0), close: () => {} };
    });
    own.push(provider(new Task({ type: 'test' }, TaskScope.Workspace, 'custom', 'test', execution)));
    await set('onBreach', { task: 'custom' });
    await set('onNormal', { command: 'test.note' });
    await follow();
    await cluster.create('shop', 'invoices', '4Gi');
    await summaryWhen('the budget is exceeded', ({ breached }) => breached);
    await sleep(3_000);
    await cluster.delete('shop', 'invoices');
    await until('the end was told', limitMs, () => calls.length > 0);
    assert.equal(ran, false);
  });
});

function provider(task: Task): Disposable {
  return tasks.registerTaskProvider('test', { provideTasks: () => [task], resolveTask: () => undefined });
}

/** What the workspace's tasks.json lists; through VS Code, which then knows it: its watcher of files may be late. */
async function setTasks(entries: readonly object[] | undefined): Promise<void> {
  const json = workspace.getConfiguration('tasks');
  await json.update('version', entries ? '2.0.0' : undefined, ConfigurationTarget.Workspace);
  await json.update('tasks', entries, ConfigurationTarget.Workspace);
}
