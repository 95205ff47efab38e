import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, findPlugin, namesOf } from '../../../src/cluster/execCommand.ts';
import { execConfig, script, testFolder } from './plugins.ts';

describe('exec command', () => {
  const folder = testFolder();

  it('is looked up on the PATH, or taken where the command names a folder', async () => {
    const file = script(folder(), 'on-path', 'true');
    const found = async (command: string) => await findPlugin(execConfig(command), { PATH: `/nowhere:${folder()}` });
    assert.deepEqual(await found('on-path'), { ok: true, value: file });
    assert.deepEqual(await found(file), { ok: true, value: file });
    assert.equal((await found('./on-path')).ok, false);
  });

  it('says how to install it when it is missing', async () => {
    const exec = execConfig('kubelogin-x', { installHint: '\nInstall it with brew.\n' });
    const found = await findPlugin(exec, { PATH: folder() });
    assert.deepEqual(found.ok || found.error, {
      reason: 'config',
      message: 'The credential plugin kubelogin-x is not installed. Install it with brew.',
    });
  });

  it('is not a folder of the same name', async () => {
    mkdirSync(join(folder(), 'first', 'tool'), { recursive: true });
    const file = script(folder(), 'tool', 'true');
    const env = { PATH: `${join(folder(), 'first')}:${folder()}` };
    assert.deepEqual(await findPlugin(execConfig('tool'), env), { ok: true, value: file });
  });
});

describe('exec command: Windows', () => {
  it('tries every ending of PATHEXT, for a name with a version in it too', () => {
    assert.deepEqual(namesOf('aws', '.EXE;.CMD', true), ['aws.EXE', 'aws.CMD']);
    assert.deepEqual(namesOf('kubelogin-1.2', '.EXE;', true), ['kubelogin-1.2', 'kubelogin-1.2.EXE']);
    assert.deepEqual(namesOf('tool.exe', '.EXE', true)[0], 'tool.exe');
    assert.deepEqual(namesOf('a', undefined, true), ['a.COM', 'a.EXE', 'a.BAT', 'a.CMD']);
    assert.deepEqual(namesOf('tool', '.EXE', false), ['tool']);
  });

  for (const [file, args, line] of [
    ['C:\\bin\\p.cmd', [], '"C:\\bin\\p.cmd"'],
    ['C:\\Program Files\\p.cmd', ['get token'], '"C:\\Program^ Files\\p.cmd ^"get^ token^""'],
    ['C:\\p.BAT', ['a&calc', '%PATH%', 'x|y>z'], '"C:\\p.BAT ^"a^&calc^" ^"^%PATH^%^" ^"x^|y^>z^""'],
    ['C:\\(x86)\\p.cmd', ['say "hi"', 'dir\\', ''], '"C:\\^(x86^)\\p.cmd ^"say^ \\^"hi\\^"^" ^"dir\\\\^" ^"^""'],
    ['C:\\p.cmd', ['a\\"b'], '"C:\\p.cmd ^"a\\\\\\^"b^""'],
  ] as const) {
    it(`gives the command processor ${line}`, () =>
      assert.deepEqual(commandLine(file, args, true), {
        file: 'cmd.exe',
        args: ['/d', '/s', '/c', line],
        verbatim: true,
      }));
  }

  it('starts other files as they are, and everything elsewhere', () => {
    const args = ['a b', '%x%'];
    assert.deepEqual(commandLine('C:\\a b\\p.exe', args, true), { file: 'C:\\a b\\p.exe', args, verbatim: false });
    assert.deepEqual(commandLine('/bin/p.cmd', args, false), { file: '/bin/p.cmd', args, verbatim: false });
  });
});
