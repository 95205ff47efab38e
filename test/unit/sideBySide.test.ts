import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sideBySide, type Task } from '../../scripts/sideBySide.ts';

/** A task whose steps are taken from outside. */
function controlled(name: string, started: string[]) {
  const end = Promise.withResolvers<string>();
  let tell: (piece: string) => void = () => {};
  const task: Task<string> = async (say) => {
    started.push(name);
    tell = say;
    return await end.promise;
  };
  return { task, say: (piece: string) => tell(piece), end: () => end.resolve(name) };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('side by side', () => {
  it('lets the first speak at once and the others in their order', async () => {
    const heard: string[] = [];
    const [a, b, c] = [controlled('a', []), controlled('b', []), controlled('c', [])];
    const all = sideBySide([a.task, b.task, c.task], 3, (piece) => heard.push(piece));
    c.say('c1');
    b.say('b1');
    a.say('a1');
    assert.deepEqual(heard, ['a1']);
    c.end();
    await settle();
    assert.deepEqual(heard, ['a1']);
    a.end();
    await settle();
    assert.deepEqual(heard, ['a1', 'b1']);
    b.say('b2');
    assert.deepEqual(heard, ['a1', 'b1', 'b2']);
    b.end();
    assert.deepEqual(await all, ['a', 'b', 'c']);
    assert.deepEqual(heard, ['a1', 'b1', 'b2', 'c1']);
  });

  it('runs no more at once than it may', async () => {
    const started: string[] = [];
    const tasks = ['a', 'b', 'c'].map((name) => controlled(name, started));
    const all = sideBySide(
      tasks.map(({ task }) => task),
      2,
      () => {},
    );
    assert.deepEqual(started, ['a', 'b']);
    tasks[1]?.end();
    await settle();
    assert.deepEqual(started, ['a', 'b', 'c']);
    for (const { end } of tasks) end();
    assert.deepEqual(await all, ['a', 'b', 'c']);
  });

  it('fails when one of them does', async () => {
    const failing: Task<string> = async () => {
      throw new Error('broken');
    };
    await assert.rejects(
      sideBySide([failing], 2, () => {}),
      /broken/,
    );
  });
});
