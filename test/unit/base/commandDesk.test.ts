import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CommandDesk } from '../../../src/base/commandDesk.ts';

describe('command desk', () => {
  it('keeps a command that comes before what carries it out, and gives its answer', async () => {
    const desk = new CommandDesk();
    const given: unknown[] = [];
    const early = desk.run('copy', ['data', 1]);
    desk.registerCommand('copy', (...args) => {
      given.push(...args);
      return Promise.resolve('copied');
    });
    await Promise.resolve();
    assert.deepEqual(given, [], 'not while others are still being registered');
    desk.open();
    assert.equal(await early, 'copied');
    assert.deepEqual(given, ['data', 1]);
    assert.equal(await desk.run('copy', []), 'copied');
  });

  it('fails every command with the reason when what carries them out cannot be started', async () => {
    const desk = new CommandDesk();
    const early = desk.run('copy', []);
    desk.refuse('It could not be started.');
    await assert.rejects(early, new Error('It could not be started.'));
    await assert.rejects(desk.run('copy', []), new Error('It could not be started.'));
  });

  it('fails a command whose handler has ended', async () => {
    const desk = new CommandDesk();
    const registered = desk.registerCommand('copy', () => 'copied');
    desk.open();
    registered.dispose();
    await assert.rejects(desk.run('copy', []), /copy is not there any more/);
  });

  it('passes on how a command fails', async () => {
    const desk = new CommandDesk();
    desk.registerCommand('copy', () => {
      throw new Error('no clipboard');
    });
    desk.open();
    await assert.rejects(desk.run('copy', []), new Error('no clipboard'));
  });
});
