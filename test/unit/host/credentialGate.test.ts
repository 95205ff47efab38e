import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { SignalSource } from '../../../src/base/signal.ts';
import { credentialGate } from '../../../src/host/credentialGate.ts';
import { interactivePlugins } from '../../../src/host/interactivePlugins.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { until } from '../../support/until.ts';

describe('credential gate', () => {
  let folder: string;
  let clock: FakeClock;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-gate-'));
    clock = new FakeClock();
  });
  afterEach(async () => {
    await until('locks are released', 10_000, () => readdirSync(folder).length === 0);
    rmSync(folder, { recursive: true });
  });

  const gateOf = (more: { trusted?: boolean; focused?: boolean } = {}) => {
    return credentialGate({
      folder,
      trusted: new SignalSource(more.trusted ?? true),
      focused: new SignalSource(more.focused ?? true),
      interactive: interactivePlugins(folder),
      clock,
    });
  };

  it('lets plugins run only where somebody looks', async () => {
    assert.equal(await gateOf().ask('k', 'background'), 'yes');
    assert.equal(await gateOf({ focused: false }).ask('k', 'background'), 'unfocused');
    assert.equal(await gateOf({ focused: false }).ask('k', 'click'), 'yes');
  });

  it('lets nothing run in an untrusted workspace, a click included', async () => {
    assert.equal(await gateOf({ trusted: false }).ask('k', 'click'), 'untrusted');
    assert.equal(await gateOf({ trusted: false }).ask('k', 'background'), 'untrusted');
  });

  it('waits for a click with a plugin that has needed the user, until it goes by itself', async () => {
    const gate = gateOf();
    await gate.remember('k', 'interactive');
    assert.deepEqual(
      [await gate.ask('k', 'background'), await gate.ask('k', 'click'), await gate.ask('l', 'background')],
      ['interactive', 'yes', 'yes'],
    );
    await gate.remember('k', 'quiet');
    assert.equal(await gate.ask('k', 'background'), 'yes');
  });

  it('knows at once what another window has learned, also after a restart', async () => {
    const [one, other] = [gateOf(), gateOf()];
    await one.remember('k', 'interactive');
    assert.equal(await other.ask('k', 'background'), 'interactive');
    assert.equal(await gateOf().ask('k', 'background'), 'interactive');
    await other.remember('k', 'quiet');
    assert.equal(await one.ask('k', 'background'), 'yes');
  });

  it('remembers the last hundred plugins that have needed the user', async () => {
    const gate = gateOf();
    for (let plugin = 0; plugin < 103; plugin++) {
      await gate.remember(`k${plugin}`, 'interactive');
      const time = new Date(plugin * 1000);
      utimesSync(join(folder, `needs-user-k${plugin}`), time, time);
    }
    assert.equal(readdirSync(folder).length, 100);
    assert.equal(await gate.ask('k0', 'background'), 'yes');
    assert.equal(await gate.ask('k102', 'background'), 'interactive');
    for (let plugin = 0; plugin < 103; plugin++) await gate.remember(`k${plugin}`, 'quiet');
  });

  it('remembers for itself where nothing can be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const plugins = interactivePlugins(join(file, 'below'));
    await plugins.set('k', true);
    assert.deepEqual([await plugins.has('k'), await plugins.has('l')], [true, false]);
    await plugins.set('k', false);
    assert.equal(await plugins.has('k'), false);
    rmSync(file);
  });

  it('lets one plugin run at a time over all windows', async () => {
    const { signal } = new AbortController();
    const first = await gateOf().lock('k', signal);
    let second = false;
    const waiting = gateOf()
      .lock('l', signal)
      .then((lock) => {
        second = true;
        return lock;
      });
    await clock.advance(5000);
    assert.equal(second, false);
    first?.dispose();
    await until('the second has its turn', 10_000, async () => {
      await clock.advance(500);
      return second;
    });
    (await waiting)?.dispose();
  });

  it('gives up waiting when it is stopped', async () => {
    const first = await gateOf().lock('k', new AbortController().signal);
    const stop = new AbortController();
    const waiting = gateOf().lock('l', stop.signal);
    await clock.advance(1000);
    stop.abort();
    assert.equal(await waiting, undefined);
    first?.dispose();
  });
});
