import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../../src/base/log.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import {
  type FollowInputs,
  followTarget,
  type TargetChoice,
  type TargetFollower,
} from '../../../src/session/follow.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { eventually } from '../cluster/eventually.ts';
import { testFolder } from '../cluster/plugins.ts';

/** A kubeconfig with a context per name, all on one cluster. */
function kubeconfig(current: string, ...names: readonly string[]): string {
  return JSON.stringify({
    'current-context': current,
    contexts: names.map((name) => ({ name, context: { cluster: `of-${name}`, user: 'u' } })),
    clusters: names.map((name) => ({ name: `of-${name}`, cluster: { server: `https://${name}.test` } })),
    users: [{ name: 'u', user: { token: 'a' } }],
  });
}

describe('follow target', function () {
  this.timeout(20_000);
  const folder = testFolder();
  let clock: FakeClock;
  let inputs: SignalSource<FollowInputs>;
  let follower: TargetFollower | undefined;
  let choices: (TargetChoice | undefined)[];
  let warnings: string[];

  const home = () => folder();
  const config = () => join(folder(), '.kube', 'config');

  beforeEach(() => {
    clock = new FakeClock();
    inputs = new SignalSource<FollowInputs>({
      kubeconfig: '',
      context: '',
      pinned: undefined,
      kubernetesExtension: undefined,
      demo: undefined,
      editorProxy: { url: '', noProxy: [] },
    });
    choices = [];
    warnings = [];
    mkdirSync(join(folder(), '.kube'));
  });
  afterEach(() => follower?.dispose());

  async function follow(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
    follower = followTarget({ inputs, env, home: home(), clock, log });
    follower.choice.subscribe((choice) => choices.push(choice));
    await eventually('the first reading', () => follower?.choice.value !== undefined);
  }

  function set(more: Partial<FollowInputs>): void {
    inputs.set({ ...inputs.value, ...more });
  }

  /** The context that is followed, or the reason why none is. */
  function followed(): string | undefined {
    const choice = follower?.choice.value;
    return choice?.kind === 'target' ? choice.target.target.contextName : choice?.reason;
  }

  const message = () => (follower?.choice.value?.kind === 'none' ? follower.choice.value.message : '');

  /** Lets time pass in small steps until it follows this. */
  async function comesTo(expected: string): Promise<void> {
    for (let passed = 0; passed < 300 && followed() !== expected; passed++) {
      await clock.advance(250);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(followed(), expected);
  }

  it('follows the current context of ~/.kube/config and lists all', async () => {
    writeFileSync(config(), kubeconfig('b', 'a', 'b'));
    await follow();
    assert.equal(followed(), 'b');
    assert.deepEqual(
      follower?.choice.value?.contexts.map(({ name, current }) => [name, current]),
      [
        ['a', false],
        ['b', true],
      ],
    );
    const choice = follower?.choice.value;
    assert.equal(choice?.kind === 'target' && choice.target.target.source, '~/.kube/config');
  });

  it('retargets when the file changes', async () => {
    writeFileSync(config(), kubeconfig('a', 'a', 'b'));
    await follow();
    await clock.advance(6_000);
    writeFileSync(config(), kubeconfig('b', 'b', 'a '));
    await comesTo('b');
  });

  it('keeps the same choice when nothing effective has changed', async () => {
    writeFileSync(config(), kubeconfig('a', 'a', 'b'));
    await follow();
    const before = follower?.choice.value;
    writeFileSync(config(), `${kubeconfig('a', 'a', 'b')}  \n`);
    follower?.refresh();
    for (let step = 0; step < 10; step++) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(follower?.choice.value, before);
    assert.equal(choices.length, 1);
  });

  it('prefers what this window has pinned to the setting, and that to the file', async () => {
    writeFileSync(config(), kubeconfig('a', 'a', 'b', 'c'));
    await follow();
    set({ context: 'b' });
    await comesTo('b');
    set({ pinned: 'c' });
    await comesTo('c');
    set({ pinned: undefined });
    await comesTo('b');
    set({ context: '' });
    await comesTo('a');
  });

  it('keeps a pinned context when the current one changes', async () => {
    writeFileSync(config(), kubeconfig('a', 'a', 'b'));
    set({ pinned: 'a' });
    await follow();
    writeFileSync(config(), kubeconfig('b', 'a', 'b', 'c'));
    follower?.refresh();
    await eventually('the change is read', () => follower?.choice.value?.contexts.length === 3);
    assert.equal(followed(), 'a');
  });

  it('says at once that a context that was chosen does not exist', async () => {
    writeFileSync(config(), kubeconfig('a', 'a'));
    await follow();
    set({ context: 'nope' });
    await eventually('it is told', () => followed() === 'invalid');
    assert.match(message(), /There is no context nope in ~\/\.kube\/config\. It has a\./);
    assert.equal(warnings.length, 1);
    assert.deepEqual(follower?.choice.value?.contexts.length, 1);
  });

  for (const [what, torn] of [
    ['torn', '{"current-context": "b", "contexts": ['],
    ['still empty', ''],
  ] as const) {
    it(`does not lose its target over a file that is ${what} while it is written`, async () => {
      writeFileSync(config(), kubeconfig('a', 'a', 'b'));
      await follow();
      writeFileSync(config(), torn);
      follower?.refresh();
      for (let passed = 0; passed < 3; passed++) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.equal(followed(), 'a');
      writeFileSync(config(), kubeconfig('b', 'a', 'b'));
      await comesTo('b');
      assert.deepEqual(warnings, []);
    });
  }

  it('says what is wrong with a file that stays broken, and recovers when it is mended', async () => {
    writeFileSync(config(), kubeconfig('a', 'a'));
    await follow();
    writeFileSync(config(), 'contexts: [');
    await comesTo('invalid');
    assert.match(message(), /\.kube\/config is not valid YAML/);
    assert.equal(warnings.length, 1);
    writeFileSync(config(), kubeconfig('a', 'a'));
    await comesTo('a');
  });

  it('follows a file that appears later, its folder too', async () => {
    rmSync(join(folder(), '.kube'), { recursive: true });
    await follow();
    assert.equal(followed(), 'noKubeconfig');
    assert.match(message(), /There is no kubeconfig at ~\/\.kube\/config\. Create one, or name another/);
    mkdirSync(join(folder(), '.kube'));
    writeFileSync(config(), kubeconfig('a', 'a'));
    await comesTo('a');
    rmSync(config());
    await comesTo('noKubeconfig');
  });

  it('merges the files of KUBECONFIG and watches each', async () => {
    const [one, two] = [join(folder(), 'one'), join(folder(), 'two')];
    writeFileSync(two, kubeconfig('b', 'b'));
    await follow({ KUBECONFIG: `${one}:${two}` });
    assert.equal(followed(), 'b');
    writeFileSync(one, kubeconfig('a', 'a'));
    await comesTo('a');
    assert.equal(follower?.choice.value?.contexts.length, 2);
    writeFileSync(two, kubeconfig('b', 'b', 'c'));
    await eventually('the second file is seen', () => {
      void clock.advance(250);
      return follower?.choice.value?.contexts.length === 3;
    });
  });

  it('follows the setting instead of the environment, at once', async () => {
    const [one, two] = [join(folder(), 'one'), join(folder(), 'two')];
    writeFileSync(one, kubeconfig('a', 'a'));
    writeFileSync(two, kubeconfig('b', 'b'));
    await follow({ KUBECONFIG: one });
    set({ kubeconfig: two });
    await eventually('it has switched', () => followed() === 'b');
    writeFileSync(two, kubeconfig('c', 'c'));
    await comesTo('c');
  });

  it('says so when there is no current context, or no context at all', async () => {
    writeFileSync(config(), kubeconfig('', 'a'));
    await follow();
    assert.equal(followed(), 'noContext');
    assert.match(message(), /has no current context\. Choose one with Switch Context/);
    writeFileSync(config(), '# empty');
    follower?.refresh();
    await eventually('it is read', () => /has no contexts/.test(message()));
  });

  it('names a folder where a file should be', async () => {
    mkdirSync(config());
    await follow();
    assert.equal(followed(), 'invalid');
    assert.match(message(), /\.kube\/config cannot be read \(EISDIR\)\. Check the path/);
  });

  it('follows the demo cluster while there is one, and goes back afterwards', async () => {
    writeFileSync(config(), kubeconfig('a', 'a', 'b'));
    await follow();
    set({ demo: kubeconfig('demo', 'demo'), pinned: 'b' });
    await eventually('it is the demo', () => followed() === 'demo');
    const choice = follower?.choice.value;
    assert.equal(choice?.kind === 'target' && choice.target.target.demo, true);
    set({ demo: undefined });
    await eventually('it is back', () => followed() === 'b');
  });

  it('offers the contexts of the files, not its own, while the demo cluster is followed', async () => {
    const names = () => follower?.choice.value?.contexts.map(({ name }) => name);
    writeFileSync(config(), kubeconfig('a', 'a', 'b'));
    set({ demo: kubeconfig('demo', 'demo'), pinned: 'b' });
    await follow();
    assert.equal(followed(), 'demo');
    assert.deepEqual(names(), ['a', 'b']);
    writeFileSync(config(), kubeconfig('a', 'a', 'b', 'c'));
    await eventually('the change is seen', () => {
      void clock.advance(250);
      return names()?.length === 3;
    });
    writeFileSync(config(), 'contexts: [');
    follower?.refresh();
    await eventually('they cannot be read', () => names()?.length === 0);
    assert.equal(followed(), 'demo');
    rmSync(config());
    follower?.refresh();
    await eventually('it is read', () => followed() === 'demo');
    assert.deepEqual([names(), warnings], [[], []]);
  });

  it('tells nothing more after its end', async () => {
    writeFileSync(config(), kubeconfig('a', 'a'));
    await follow();
    follower?.refresh();
    follower?.dispose();
    writeFileSync(config(), kubeconfig('b', 'b'));
    await clock.advance(20_000);
    assert.equal(choices.length, 1);
    assert.equal(clock.pendingTimers, 0);
  });

  it("goes another way as soon as VS Code's own proxy is another, for the same target", async () => {
    writeFileSync(config(), kubeconfig('a', 'a'));
    await follow();
    const proxyNow = () => {
      const choice = follower?.choice.value;
      return choice?.kind === 'target' ? choice.target.cluster.proxy : undefined;
    };
    const before = follower?.choice.value;
    assert.equal(proxyNow(), undefined);
    set({ editorProxy: { url: 'http://p.test:3128', noProxy: [] } });
    await eventually('it goes through the proxy', () => proxyNow() === 'http://p.test:3128/');
    const after = follower?.choice.value;
    assert.ok(before?.kind === 'target' && after?.kind === 'target');
    assert.equal(after.target.target.key, before.target.target.key);
    assert.notEqual(after.target.fingerprint, before.target.fingerprint);
    set({ editorProxy: { url: 'http://p.test:3128', noProxy: ['a.test'] } });
    await eventually('it goes directly', () => proxyNow() === undefined);
  });
});
