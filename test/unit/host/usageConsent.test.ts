import assert from 'node:assert/strict';
import { SignalSource } from '../../../src/base/signal.ts';
import { RememberedConsent } from '../../../src/host/usageConsent.ts';
import { settle } from '../../support/fakeClock.ts';

describe('consent to read kubelets', () => {
  const focused = new SignalSource(true);
  /** What all windows remember. */
  let stored: Map<string, unknown>;
  let nowMs: number;
  let questions: string[];
  let answer: 'Yes' | 'No' | undefined;
  const memory = {
    get: (key: string) => stored.get(key),
    update: (key: string, value: unknown) => void stored.set(key, value),
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
      () => nowMs,
    );

  beforeEach(() => {
    focused.set(true);
    stored = new Map();
    nowMs = 1_000_000;
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

  it('that is dismissed is asked for again at a start on another day only', async () => {
    answer = undefined;
    const consent = start();
    consent.ask('id', 'prod-eu');
    await settle();
    consent.ask('id', 'prod-eu');
    await settle();
    assert.deepEqual([questions.length, consent.answers.value.has('id')], [1, false]);
    for (const [hours, asked] of [
      [1, 1],
      [22, 1],
      [1, 2],
    ] as const) {
      nowMs += hours * 3_600_000;
      consent.ask('id', 'prod-eu');
      start().ask('id', 'prod-eu');
      await settle();
      assert.equal(questions.length, asked);
    }
  });

  it('that was refused or dismissed is asked for again by who chooses kubelets, and a yes stands', async () => {
    for (const first of ['No', undefined] as const) {
      stored.clear();
      questions.length = 0;
      answer = first;
      const consent = start();
      consent.ask('id', 'prod-eu');
      await settle();
      answer = 'Yes';
      for (let round = 0; round < 2; round++) {
        consent.reconsider('id');
        consent.ask('id', 'prod-eu');
        await settle();
        assert.deepEqual([questions.length, consent.answers.value.get('id')], [2, true]);
      }
    }
  });

  it('is not asked for by two windows side by side, and an answer counts in both', async () => {
    const [a, b] = [start(), start()];
    let reply: (answer: 'Yes') => void = () => {};
    answer = undefined;
    const asking = new RememberedConsent(
      memory,
      focused,
      String,
      () => new Promise<'Yes'>((resolve) => (reply = resolve)),
      () => nowMs,
    );
    asking.ask('id', 'prod-eu');
    a.ask('id', 'prod-eu');
    await settle();
    assert.deepEqual(questions, []);
    reply('Yes');
    await settle();
    for (const window of [a, b]) window.ask('id', 'prod-eu');
    await settle();
    assert.deepEqual([questions, a.answers.value.get('id'), b.answers.value.get('id')], [[], true, true]);
  });

  it('is none where what is stored is no answer', () => {
    for (const value of ['x', [true], { id: 'yes' }]) {
      stored.set('usageConsent', value);
      assert.equal(start().answers.value.get('id'), undefined);
    }
  });
});
