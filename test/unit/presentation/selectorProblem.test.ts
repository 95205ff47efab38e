import assert from 'node:assert/strict';
import { selectorProblem } from '../../../src/presentation/selectorProblem.ts';

const label = "unable to parse requirement: found '=', expected: identifier";
const field = 'field label not supported: status.phase';

const refused: [labelSelector: string, fieldSelector: string, message: string, setting: string][] = [
  ['app==!', '', label, 'pvcwatch.labelSelector'],
  ['', 'status.phase=Bound', field, 'pvcwatch.fieldSelector'],
  ['', 'nonsense', "invalid selector: 'nonsense'", 'pvcwatch.fieldSelector'],
  ['app==!', 'metadata.name=a', label, 'pvcwatch.labelSelector'],
  ['app=db', 'status.phase=Bound', field, 'pvcwatch.fieldSelector'],
];

describe('a selector that the server refuses', () => {
  for (const [labelSelector, fieldSelector, message, setting] of refused) {
    it(`'${labelSelector}' and '${fieldSelector}' by "${message}" is a wrong ${setting}`, () => {
      const scope = { namespaces: [], labelSelector, fieldSelector };
      const problem = selectorProblem({ scope, selectorError: { reason: 'invalid', message } });
      assert.equal(problem?.setting, setting);
      assert.ok(problem?.message.startsWith(`${setting} is refused by the server: ${message}. Expected a `));
    });
  }

  it('is none while the server refuses nothing', () => {
    assert.equal(selectorProblem({ scope: { namespaces: [], labelSelector: 'a', fieldSelector: 'b' } }), undefined);
  });
});
