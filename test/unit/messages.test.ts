import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

const root = join(import.meta.dirname, '..', '..');
const show = /^show(Information|Warning|Error)Message$/;

/** The first argument of every message that a source shows, unless it is fixed text or was made safe by `messageText`. */
function unsafeMessages(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  assert.deepEqual(errors, []);
  const unsafe: string[] = [];
  new Visitor({
    CallExpression: ({ callee, arguments: [message] }) => {
      const name =
        callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
          ? callee.property.name
          : callee.type === 'Identifier' && callee.name;
      if (!name || !show.test(name) || !message) return;
      const fixed =
        (message.type === 'Literal' && typeof message.value === 'string') ||
        (message.type === 'TemplateLiteral' && message.expressions.length === 0);
      const safe =
        message.type === 'CallExpression' &&
        message.callee.type === 'Identifier' &&
        message.callee.name === 'messageText';
      if (!fixed && !safe) unsafe.push(source.slice(message.start, message.end));
    },
  }).visit(program);
  return unsafe;
}

/** VS Code makes links of `[text](command:id)` in the messages of an extension, and runs the command when one is clicked. */
describe('messages', () => {
  for (const file of globSync('src/**/*.ts', { cwd: root }).sort()) {
    const source = readFileSync(join(root, file), 'utf8');
    if (!/show(Information|Warning|Error)Message/.test(source)) continue;
    it(`of ${file} are fixed text or made safe`, () => assert.deepEqual(unsafeMessages(file, source), []));
  }

  const found: [source: string, unsafe: string[]][] = [
    ["window.showErrorMessage('fixed')", []],
    ['window.showErrorMessage(`fixed`)', []],
    ['void window.showErrorMessage(messageText(a + b), again)', []],
    [`window.showErrorMessage(\`a \${b}\`)`, [`\`a \${b}\``]],
    ['window.showWarningMessage(message, again)', ['message']],
    ['vscode.window.showInformationMessage(text(a))', ['text(a)']],
    ["showInformationMessage('a' + b)", ["'a' + b"]],
  ];
  for (const [source, unsafe] of found)
    it(`are judged in ${source}`, () => assert.deepEqual(unsafeMessages('a.ts', source), unsafe));
});
