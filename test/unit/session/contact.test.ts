import assert from 'node:assert/strict';
import type { ReflectorState } from '../../../src/cluster/reflector.ts';
import type { ApiErrorReason } from '../../../src/domain/apiError.ts';
import { claimsStateOf, contactOf } from '../../../src/session/contact.ts';

const live: ReflectorState = { phase: 'live' };
const loading: ReflectorState = { phase: 'loading' };
const waiting = (reason: ApiErrorReason, sinceMs = 5): ReflectorState => ({
  phase: 'waiting',
  error: { reason, message: `because ${reason}` },
  sinceMs,
});

function contact(states: readonly ReflectorState[], everLive: boolean, nowMs = 1_000, heardMs?: number) {
  return contactOf({ states, everLive, startedMs: 0, nowMs, heardMs, server: 'https://x' });
}

describe('contact', () => {
  for (const [what, states, everLive, state, claimsState] of [
    ['nothing yet', [], false, 'connecting', 'loading'],
    ['the first list', [loading], false, 'connecting', 'loading'],
    ['all live', [live, live], true, 'live', 'live'],
    ['one live, one loading', [live, loading], true, 'live', 'loading'],
    ['one live, one without rights', [live, waiting('forbidden')], true, 'live', 'live'],
    ['one live, one cut off', [live, waiting('unreachable')], true, 'stale', 'stale'],
    ['cut off before it was live', [waiting('unreachable')], false, 'failing', 'stale'],
    ['cut off after it was live', [waiting('server')], true, 'stale', 'stale'],
    ['no rights', [waiting('forbidden')], false, 'forbidden', 'forbidden'],
    ['a wrong selector at first', [waiting('invalid')], false, 'failing', 'stale'],
    ['a wrong selector later', [waiting('invalid')], true, 'live', 'stale'],
    ['a plugin that waits for the window', [waiting('unfocused')], true, 'stale', 'stale'],
    ['a plugin that waits for the window at first', [waiting('unfocused')], false, 'failing', 'stale'],
    ['a plugin that needs the user', [waiting('signIn')], true, 'signIn', 'stale'],
    ['a plugin in an untrusted workspace', [waiting('untrusted')], false, 'untrusted', 'stale'],
  ] as const) {
    it(`is ${state} with ${what}`, () => {
      assert.equal(contact(states, everLive).state, state);
      assert.equal(claimsStateOf(states), claimsState);
    });
  }

  it('is lost since the first of its loops was', () => {
    const lost = contact([waiting('server', 30), waiting('unreachable', 20), live], true);
    assert.deepEqual(lost, {
      state: 'stale',
      sinceMs: 20,
      error: { reason: 'unreachable', message: 'because unreachable' },
    });
  });

  it('connects for ten seconds and then says that nothing has answered', () => {
    assert.equal(contact([loading], false, 9_999).state, 'connecting');
    const failing = contact([loading], false, 10_000);
    assert.ok(failing.state === 'failing');
    assert.equal(failing.error.message, 'https://x has not answered yet.');
  });

  it('is still connecting while a long first list goes on', () => {
    assert.equal(contact([loading], false, 60_000, 50_001).state, 'connecting');
    assert.equal(contact([loading], false, 60_000, 50_000).state, 'failing');
    assert.equal(contact([loading, waiting('server')], false, 60_000, 60_000).state, 'failing');
  });
});
