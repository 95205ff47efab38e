import assert from 'node:assert/strict';
import { parseFieldSelector } from '../../../src/demo/fieldSelector.ts';
import { parseLabelSelector } from '../../../src/demo/labelSelector.ts';
import { claimsResource, namespacesResource, podsResource } from '../../../src/demo/resources.ts';
import { StatusError } from '../../../src/demo/status.ts';

const labels = { app: 'db', tier: 'gold', size: '3', 'example.com/team': 'a' };

const labelCases: [selector: string, selects: boolean][] = [
  ['', true],
  ['app=db', true],
  ['app==db', true],
  ['app = db', true],
  ['app=other', false],
  ['app!=db', false],
  ['app!=other', true],
  ['absent!=x', true],
  ['app', true],
  ['absent', false],
  ['!app', false],
  ['!absent', true],
  ['app in (db,web)', true],
  ['app in (web)', false],
  ['absent in (db)', false],
  ['app notin (web)', true],
  ['app notin (db)', false],
  ['absent notin (db)', true],
  ['app=db,tier=gold', true],
  ['app=db,tier=silver', false],
  ['app in (db,web),!absent', true],
  ['example.com/team=a', true],
  ['size>2', true],
  ['size<3', false],
  ['app>2', false],
  ['app in ()', false],
  ['app=,tier', false],
];

/** Messages of kube-apiserver 1.37 for the same selectors. */
const refusedLabels: [selector: string, message: string][] = [
  ['a=b,', "found '', expected: identifier after ','"],
  ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['a,,b', "found ',', expected: identifier after ','"],
  ['=x', "found '=', expected: !, identifier, or 'end of string'"],
  ['(a)', "found '(', expected: !, identifier, or 'end of string'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a!', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a=very bad', "found 'bad', expected: ',' or 'end of string'"],
  [
    'a>b',
    `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
];

const object = { metadata: { name: 'one', namespace: 'shop' }, status: { phase: 'Running' } };

const fieldCases: [selector: string, selects: boolean][] = [
  ['', true],
  ['metadata.name=one', true],
  ['metadata.name==one', true],
  ['metadata.name!=one', false],
  ['metadata.name!=two', true],
  ['metadata.namespace=shop,metadata.name=one', true],
  ['metadata.namespace=shop,metadata.name=two', false],
  ['metadata.namespace!=kube-system', true],
  ['metadata.name=a\\,b', false],
  ['metadata.name=one,', true],
  [',', true],
];

const only = 'is not a known field selector: only "metadata.name", "metadata.namespace"';
const refusedFields: [selector: string, message: string][] = [
  ['spec.foo=bar', `"spec.foo" ${only}`],
  ['status.phase=Bound', `"status.phase" ${only}`],
  ['=x', `"" ${only}`],
  ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ['metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
  ['metadata.name=a\\b', 'invalid field selector: invalid escape sequence: \\b'],
];

describe('label selectors of the demo server', () => {
  for (const [selector, selects] of labelCases)
    it(`'${selector}' ${selects ? 'selects' : 'does not select'}`, () =>
      assert.equal(parseLabelSelector(selector)(labels), selects));
  for (const [selector, message] of refusedLabels)
    it(`'${selector}' is refused as by the real server`, () => refused(() => parseLabelSelector(selector), message));
});

describe('field selectors of the demo server', () => {
  for (const [selector, selects] of fieldCases)
    it(`'${selector}' ${selects ? 'selects' : 'does not select'}`, () =>
      assert.equal(parseFieldSelector(selector, claimsResource)(object), selects));
  for (const [selector, message] of refusedFields)
    it(`'${selector}' is refused as by the real server`, () =>
      refused(() => parseFieldSelector(selector, claimsResource), message));
  it('knows the phase of pods', () =>
    assert.equal(parseFieldSelector('status.phase=Running', podsResource)(object), true));
  it('words the refusal for other kinds as the server does', () =>
    refused(
      () => parseFieldSelector('metadata.namespace=x', namespacesResource),
      'field label not supported: metadata.namespace',
    ));
});

function refused(parse: () => unknown, message: string): void {
  assert.throws(parse, (error) => {
    assert.ok(error instanceof StatusError);
    assert.deepEqual([error.status.code, error.status.reason, error.status.message], [400, 'BadRequest', message]);
    return true;
  });
}
