import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../src/base/clock.ts';
import type { Disposable } from '../../../src/base/disposable.ts';
import { watchFiles } from '../../../src/cluster/fileWatch.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { eventually } from './eventually.ts';
import { testFolder } from './plugins.ts';

describe('file watch', () => {
  const folder = testFolder();
  let clock: FakeClock;
  let told: number;
  /** How often it has begun to wait for stillness. */
  let settling: number;
  let watch: Disposable;

  beforeEach(() => {
    clock = new FakeClock();
    told = 0;
    settling = 0;
  });
  afterEach(() => watch.dispose());

  async function begin(...names: readonly string[]): Promise<void> {
    const files = names.map((name) => join(folder(), name));
    const counting: Clock = {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      after: (ms, task) => {
        if (ms === 1_000) settling++;
        return clock.after(ms, task);
      },
    };
    watch = watchFiles(files, counting, () => told++);
    // What is changed before the first look would not be a change.
    for (let times = 0; times < 4; times++) await look();
  }

  /** Time for the file system to answer. */
  async function look(): Promise<void> {
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await settle();
  }

  async function toldOnceAfter(change: () => void): Promise<void> {
    const before = told;
    change();
    // Past the poll, which sees what nobody has been notified of, and then past the second of settling.
    for (let seconds = 0; seconds < 200 && told === before; seconds++) {
      await clock.advance(1_000);
      await look();
    }
    await clock.advance(6_000);
    await look();
    await clock.advance(1_000);
    assert.equal(told, before + 1);
  }

  it('tells of a file that changes, is replaced, goes and comes', async () => {
    const file = join(folder(), 'config');
    writeFileSync(file, 'one');
    await begin('config');
    await toldOnceAfter(() => writeFileSync(file, 'other'));
    await toldOnceAfter(() => {
      writeFileSync(`${file}.new`, 'other');
      renameSync(`${file}.new`, file);
    });
    await toldOnceAfter(() => rmSync(file));
    await toldOnceAfter(() => writeFileSync(file, 'back'));
  });

  it('tells of a file in a folder that is not there yet', async () => {
    await begin('later/config');
    await toldOnceAfter(() => {
      mkdirSync(join(folder(), 'later'));
      writeFileSync(join(folder(), 'later', 'config'), 'x');
    });
  });

  it('tells of a change behind a link', async () => {
    const target = join(folder(), 'target');
    mkdirSync(join(folder(), 'links'));
    writeFileSync(target, 'one');
    symlinkSync(target, join(folder(), 'links', 'config'));
    await begin('links/config');
    await toldOnceAfter(() => writeFileSync(target, 'longer'));
  });

  it('waits until a file has been still for a second', async () => {
    const file = join(folder(), 'config');
    writeFileSync(file, '');
    await begin('config');
    for (let size = 1; size <= 5; size++) {
      writeFileSync(file, 'x'.repeat(size));
      await eventually('the change is seen', () => settling === size);
      await clock.advance(900);
      assert.equal(told, 0);
    }
    await clock.advance(100);
    assert.equal(told, 1);
  });

  it('tells after five seconds of a file that is never still', async () => {
    const file = join(folder(), 'config');
    writeFileSync(file, '');
    await begin('config');
    for (let size = 1; size <= 10; size++) {
      writeFileSync(file, 'x'.repeat(size));
      await look();
      await clock.advance(500);
    }
    assert.equal(told, 1);
  });

  it('hears at once of a file in a folder that has come later, or has come anew', async () => {
    const late = join(folder(), 'late');
    await begin('late/config');
    for (const size of [1, 10]) {
      mkdirSync(late);
      writeFileSync(join(late, 'config'), 'x'.repeat(size));
      for (let poll = 0; poll < 3; poll++) {
        await clock.advance(5_000);
        await look();
      }
      const before = settling;
      writeFileSync(join(late, 'config'), 'x'.repeat(size + 1));
      await eventually('the change is seen without a poll', () => settling === before + 1);
      await clock.advance(1_000);
      rmSync(late, { recursive: true });
      await clock.advance(5_000);
      await look();
      await clock.advance(1_000);
    }
  });

  it('says nothing of other files, of what stays the same, and after its end', async () => {
    const file = join(folder(), 'config');
    writeFileSync(file, 'one');
    await begin('config');
    writeFileSync(join(folder(), 'other'), 'x');
    await clock.advance(20_000);
    assert.equal(told, 0);
    writeFileSync(file, 'changed');
    watch.dispose();
    await clock.advance(20_000);
    assert.equal(told, 0);
    assert.equal(clock.pendingTimers, 0);
  });
});
