import assert from 'node:assert/strict';
import { ContractNamespace, names } from './objects.ts';
import { assertRefused } from './refusal.ts';
import type { ContractContext } from './suite.ts';

const labelSelectors: [selector: string, selected: string][] = [
  ['', 'db-0 db-1 web'],
  ['app=db', 'db-0 db-1'],
  ['app==db,tier=gold', 'db-0'],
  ['app!=db', 'web'],
  ['app in (db,web),tier notin (gold)', 'db-1 web'],
  ['tier', 'db-0'],
  ['!tier', 'db-1 web'],
  ['size>2', 'db-1'],
];

const fieldSelectors: [selector: string, selected: string][] = [
  ['metadata.name=web', 'web'],
  ['metadata.name!=web', 'db-0 db-1'],
  ['metadata.name==web,metadata.name!=web', ''],
  ['metadata.namespace=elsewhere', ''],
  ['metadata.namespace!=elsewhere', 'db-0 db-1 web'],
];

const refusedLabels: [selector: string, message: string | RegExp][] = [
  ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a=b,', "found '', expected: identifier after ','"],
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['=x', "found '=', expected: !, identifier, or 'end of string'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['-a', /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of /],
  ['a=-', /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-": a valid label must be /],
];

const refusedFields: [selector: string, message: string | RegExp][] = [
  ['spec.foo=bar', /"spec\.foo" is not a known field selector|field label not supported: spec\.foo/],
  ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ['metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
];

/** Selectors mean what they mean to kubectl, and the refused ones say why. */
export function selectorContract(context: () => ContractContext): void {
  describe('selecting', () => {
    let home: ContractNamespace;
    before(async () => {
      home = await ContractNamespace.create(context().client);
      await home.create('db-0', '1Gi', { labels: { app: 'db', tier: 'gold', size: '2' } });
      await home.create('db-1', '1Gi', { labels: { app: 'db', size: '3' } });
      await home.create('web', '1Gi', { labels: { app: 'web' } });
    });

    for (const [kind, selectors] of [
      ['labelSelector', labelSelectors],
      ['fieldSelector', fieldSelectors],
    ] as const) {
      for (const [selector, selected] of selectors) {
        it(`${kind} '${selector}' selects '${selected}'`, async () => {
          const { body } = await context().client.get(`${home.path()}?${kind}=${encodeURIComponent(selector)}`);
          assert.equal(names(body).join(' '), selected);
        });
      }
    }
    for (const [kind, selectors] of [
      ['labelSelector', refusedLabels],
      ['fieldSelector', refusedFields],
    ] as const) {
      for (const [selector, message] of selectors) {
        it(`${kind} '${selector}' is refused, for a list and for a watch`, async () => {
          const path = `${home.path()}?${kind}=${encodeURIComponent(selector)}`;
          assertRefused(await context().client.get(path), 400, 'BadRequest', message);
          assertRefused(await context().client.get(`${path}&watch=1`), 400, 'BadRequest', message);
        });
      }
    }
  });
}
