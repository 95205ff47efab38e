import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import {
  age,
  counted,
  kubectlCommand,
  markdown,
  messageText,
  naturalOrder,
  plain,
  shellQuote,
  shortContextName,
  uriSegment,
  withoutControls,
  withoutIcons,
  withoutLinks,
  withoutVariables,
} from '../../../src/presentation/text.ts';

/** Strings in which markup, icons, quotes, control and direction characters are likely. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'[](){}<>*_`~#!|\\$&:@.+-="\'/%; \n\t\r'),
    fc.constantFrom('\u001b', '\u0003', '\u009b', '\u061c', '\u200e', '\u202e', '\u2066', '\u2028', '\ufeff', '“'),
    fc.constantFrom('command:', '](', '$(', 'https://', '<img', 'www.'),
    fc.string({ unit: 'grapheme', maxLength: 2 }),
  ),
  maxLength: 60,
});

describe('counts and ages', () => {
  it('have a singular', () => {
    assert.deepEqual(
      [0, 1, 3].map((count) => counted(count, 'claim')),
      ['0 claims', '1 claim', '3 claims'],
    );
  });

  const minute = 60_000;
  const ages: [ms: number, text: string][] = [
    [0, 'just now'],
    [9_999, 'just now'],
    [10_000, '10 s'],
    [minute - 1, '50 s'],
    [minute, '1 min'],
    [14 * minute + 59_000, '14 min'],
    [119 * minute, '119 min'],
    [120 * minute, '2 h'],
    [47 * 60 * minute, '47 h'],
    [48 * 60 * minute, '2 d'],
  ];
  for (const [ms, text] of ages) it(`${ms} ms ago reads ${text}`, () => assert.equal(age(ms), text));
});

describe('the short name of a context', () => {
  const names: [name: string, label: string | undefined, short: string][] = [
    ['kind-dev', undefined, 'kind-dev'],
    ['arn:aws:eks:eu-west-1:123456789012:cluster/prod-eu', undefined, 'prod-eu'],
    ['arn:aws:eks:eu-west-1:123456789012:prod', undefined, 'prod'],
    ['arn:aws:eks:eu-west-1:123456789012:cluster/', undefined, 'arn:aws:eks:eu-west-1:123456789012:cluster/'],
    ['gke_my-project_europe-west1-b_shop', undefined, 'shop'],
    ['gke_my-project_europe-west1_shop_2', undefined, 'shop_2'],
    ['gke_only', undefined, 'gke_only'],
    ['team/cluster', undefined, 'team/cluster'],
    ['arn:aws:eks:eu-west-1:1:cluster/prod-eu', 'PROD', 'PROD'],
  ];
  for (const [name, label, short] of names) {
    it(`of ${name}${label ? ` labelled ${label}` : ''} is ${short}`, () =>
      assert.equal(shortContextName(name, label), short));
  }
});

describe('natural order', () => {
  it('puts data-2 before data-10', () => {
    assert.deepEqual(['data-10', 'data-2', 'cache', 'data-1'].sort(naturalOrder), [
      'cache',
      'data-1',
      'data-2',
      'data-10',
    ]);
  });
});

describe('cluster text', () => {
  it('is one line without control and direction characters', () => {
    fc.assert(
      fc.property(hostile, (text) =>
        assert.doesNotMatch(plain(text), /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u),
      ),
    );
    assert.equal(plain('a\u202egnp.b\nc'), 'a gnp.b c');
  });

  it('keeps a name of 253 characters and cuts a longer one', () => {
    const name = 'n'.repeat(253);
    assert.equal(plain(name), name);
    assert.equal(plain(`${name}n`), `${'n'.repeat(252)}…`);
    assert.equal(plain('abcdef', 4), 'abc…');
  });

  it('shows no icon where icons are rendered', () => {
    fc.assert(fc.property(hostile, (text) => assert.ok(!withoutIcons(text).includes('$('))));
    assert.equal(withoutIcons('$(check) fine').replaceAll('\u200b', ''), '$(check) fine');
  });

  it('makes no link in a notification', () => {
    fc.assert(fc.property(hostile, (text) => assert.ok(!withoutLinks(text).includes(']('))));
    assert.equal(withoutLinks('[x](command:y)').replaceAll('\u200b', ''), '[x](command:y)');
  });

  it('makes no link in a whole message, which is one line of bounded length', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.ok(!messageText(text).includes(']('));
        assert.doesNotMatch(messageText(text), /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u);
      }),
    );
    assert.equal(messageText('See [x](command:y)\nnow').replaceAll('\u200b', ''), 'See [x](command:y) now');
    assert.equal(messageText('n'.repeat(1000)), 'n'.repeat(1000));
    assert.equal(messageText('n'.repeat(1001)), `${'n'.repeat(999)}…`);
  });

  it('has no line break and nothing that a terminal obeys in the clipboard', () => {
    fc.assert(fc.property(hostile, (text) => assert.doesNotMatch(withoutControls(text), /\p{Cc}/u)));
    assert.equal(withoutControls('data\u001b[2J\nreboot\r'), 'data[2Jreboot');
    assert.equal(withoutControls('data-db-0'), 'data-db-0');
  });

  it('is one segment of a URI, whatever it holds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.match(uriSegment(text), /^[\w%.~!*'()-]*$/)));
    assert.equal(uriSegment('arn:aws/prod eu'), 'arn%3Aaws%2Fprod%20eu');
    assert.equal(uriSegment('a\ud800b'), 'a%EF%BF%BDb');
  });

  it('has no variable for a task to expand', () => {
    fc.assert(fc.property(hostile, (text) => assert.ok(!withoutVariables(`$\{${text}`).includes('${'))));
    assert.equal(withoutVariables(`shop/\${command:a.b} $x`), 'shop/$ {command:a.b} $x');
  });

  it('has no active markup in Markdown, and reads as before', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = markdown(text);
        assert.doesNotMatch(escaped.replace(/&#\d+;/g, ''), /[\\`*_{}[\]()#+\-.!|<>~&$:@\n]/);
        const decoded = escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
        assert.equal(decoded, plain(text));
      }),
    );
  });
});

describe('a shell argument', () => {
  const quoted: [text: string, posix: string, windows: string][] = [
    ['kind-dev', 'kind-dev', 'kind-dev'],
    ['admin@prod', 'admin@prod', 'admin@prod'],
    ['arn:aws:eks:eu:1:cluster/prod', 'arn:aws:eks:eu:1:cluster/prod', 'arn:aws:eks:eu:1:cluster/prod'],
    ['', "''", '""'],
    ['my cluster', "'my cluster'", '"my cluster"'],
    ["it's", "'it'\\''s'", '"it\'s"'],
    ['$(reboot)', "'$(reboot)'", '"`$(reboot)"'],
    ['a`b`', "'a`b`'", '"a``b``"'],
    ['a" ; reboot; "', `'a" ; reboot; "'`, '"a"" ; reboot; """'],
    ['a\u201d; reboot', "'a\u201d; reboot'", '"a`\u201d; reboot"'],
    ['dir\\', "'dir\\'", '"dir\\\\"'],
    ['=ls', "'=ls'", '"=ls"'],
    ['@list', "'@list'", '"@list"'],
    ['%PATH%', "'%PATH%'", '"%PATH%"'],
    ['a\u0003\nreboot', 'areboot', 'areboot'],
  ];
  for (const [text, posix, windows] of quoted) {
    it(`${JSON.stringify(text)} is ${posix}, and ${windows} on Windows`, () => {
      assert.equal(shellQuote(text), posix);
      assert.equal(shellQuote(text, true), windows);
    });
  }

  it('reaches a program as it is, but for control characters', () => {
    const texts = fc.sample(hostile, { numRuns: 200, seed: 1 });
    const script = texts.map((text) => `printf '%s\\0' ${shellQuote(text)}`).join('\n');
    const printed = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    assert.deepEqual(
      printed,
      texts.map((text) => text.replace(/\p{Cc}/gu, '').toWellFormed()),
    );
  });

  it('makes the kubectl command of a claim', () => {
    const claim = { contextName: 'kind-dev', namespace: 'shop', name: 'data-db-0' };
    assert.equal(kubectlCommand(claim), 'kubectl --context kind-dev -n shop get pvc data-db-0');
    assert.equal(kubectlCommand({ ...claim, contextName: undefined }), 'kubectl -n shop get pvc data-db-0');
    const odd = { ...claim, contextName: "it's $(mine)" };
    assert.equal(kubectlCommand(odd), "kubectl --context 'it'\\''s $(mine)' -n shop get pvc data-db-0");
    assert.equal(kubectlCommand(odd, true), 'kubectl --context "it\'s `$(mine)" -n shop get pvc data-db-0');
  });
});
