import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { SignalSource } from '../../../src/base/signal.ts';
import { credentialGate } from '../../../src/host/credentialGate.ts';
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
    const interactive = new Set<string>();
    return credentialGate({
      folder,
      trusted: new SignalSource(more.trusted ?? true),
      focused: new SignalSource(more.focused ?? true),
      interactive: {
        has: (key) => interactive.has(key),
        set: (key, is) => void (is ? interactive.add(key) : interactive.delete(key)),
      },
      clock,
    });
  };

  it('lets plugins run only where somebody looks', () => {
    assert.equal(gateOf().ask('k', 'background'), 'yes');
    assert.equal(gateOf({ focused: false }).ask('k', 'background'), 'unfocused');
    assert.equal(gateOf({ focused: false }).ask('k', 'click'), 'yes');
  });

  it('lets nothing run in an untrusted workspace, a click included', () => {
    assert.equal(gateOf({ trusted: false }).ask('k', 'click'), 'untrusted');
    assert.equal(gateOf({ trusted: false }).ask('k', 'background'), 'untrusted');
  });

  it('waits for a click with a plugin that has needed the user, until it goes by itself', () => {
    const gate = gateOf();
    gate.remember('k', 'interactive');
    assert.deepEqual(
      [gate.ask('k', 'background'), gate.ask('k', 'click'), gate.ask('l', 'background')],
      ['interactive', 'yes', 'yes'],
    );
    gate.remember('k', 'quiet');
    assert.equal(gate.ask('k', 'background'), 'yes');
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
