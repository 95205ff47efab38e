import assert from 'node:assert/strict';
import { SignalSource } from '../../../src/base/signal.ts';
import { RememberedConsent } from '../../../src/host/usageConsent.ts';
import { settle } from '../../support/fakeClock.ts';

describe('consent to read kubelets', () => {
  const focused = new SignalSource(true);
  let stored: unknown;
  let questions: string[];
  let answer: 'Yes' | 'No' | undefined;
  const memory = {
    get: () => stored,
    update: (_key: string, value: unknown) => {
      stored = value;
    },
  };
  const start = () =>
    new RememberedConsent(
      memory,
      focused,
      (context) => context.toUpperCase(),
      async (question) => {
        questions.push(question);
        return answer;
      },
    );

  beforeEach(() => {
    focused.set(true);
    stored = undefined;
    questions = [];
    answer = 'Yes';
  });

  for (const [said, yes] of [
    ['Yes', true],
    ['No', false],
  ] as const)
    it(`is asked for once for each cluster, and ${said} is remembered`, async () => {
      answer = said;
      const consent = start();
      consent.ask('id', 'prod-eu');
      consent.ask('id', 'prod-eu');
      await settle();
      assert.deepEqual(questions, [
        'Read used bytes from the kubelets of PROD-EU? It uses nodes/proxy, which security teams may audit.',
      ]);
      assert.equal(consent.answers.value.get('id'), yes);
      const next = start();
      assert.equal(next.answers.value.get('id'), yes);
      next.ask('other', 'dev');
      await settle();
      assert.equal(questions.length, 2);
      assert.deepEqual([...next.answers.value.keys()], ['id', 'other']);
    });

  it('is not asked for behind the back, but when the window is in front', async () => {
    focused.set(false);
    const consent = start();
    consent.ask('id', 'prod-eu');
    await settle();
    assert.deepEqual(questions, []);
    focused.set(true);
    consent.ask('id', 'prod-eu');
    await settle();
    assert.equal(questions.length, 1);
  });

  it('that is dismissed is asked for again at the next start only', async () => {
    answer = undefined;
    const consent = start();
    consent.ask('id', 'prod-eu');
    await settle();
    consent.ask('id', 'prod-eu');
    await settle();
    assert.deepEqual([questions.length, consent.answers.value.has('id'), stored], [1, false, undefined]);
    start().ask('id', 'prod-eu');
    await settle();
    assert.equal(questions.length, 2);
  });

  it('is none where what is stored is no answer', () => {
    for (stored of ['x', [true], { id: 'yes' }]) assert.equal(start().answers.value.get('id'), undefined);
  });
});
