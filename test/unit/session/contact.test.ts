import assert from 'node:assert/strict';
import type { ReflectorState } from '../../../src/cluster/consumer.ts';
import type { ApiErrorReason } from '../../../src/domain/apiError.ts';
import { claimsStateOf, contactOf } from '../../../src/session/contact.ts';

const live: ReflectorState = { phase: 'live' };
const loading: ReflectorState = { phase: 'loading' };
const waiting = (reason: ApiErrorReason, sinceMs = 5): ReflectorState => ({
  phase: 'waiting',
  error: { reason, message: `because ${reason}` },
  sinceMs,
});

function contact(states: readonly ReflectorState[], everLive: boolean, nowMs = 1_000, heardMs?: number, told = false) {
  return contactOf({ states, everLive, told, startedMs: 0, nowMs, heardMs, server: 'https://x' });
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

  for (const [what, heardMs, reason, message] of [
    ['is still arriving', 11_500, 'unfinished', 'https://x has not sent the whole list yet: 12 s so far.'],
    ['has come to a halt', 1_000, 'unreachable', 'https://x has not sent the whole list yet, and nothing for 11 s.'],
  ] as const) {
    it(`says after ten seconds that the first list ${what}`, () => {
      assert.equal(contact([loading], false, 9_999, 9_999).state, 'connecting');
      const failing = contact([loading], false, 12_000, heardMs);
      assert.deepEqual(failing, { state: 'failing', error: { reason, message } });
    });
  }

  it('does not connect again once something else has been said', () => {
    assert.equal(contact([loading], false, 5_000, 4_000, true).state, 'failing');
  });

  it('has not lost what it had while everything is listed anew', () => {
    const relisting = contact([loading], true, 60_000, 59_000);
    assert.deepEqual([relisting.state, relisting.state === 'stale' && relisting.sinceMs], ['stale', 59_000]);
  });

  it('says of a failure among loops that list what failed', () => {
    const failing = contact([loading, waiting('server')], false, 60_000, 60_000);
    assert.ok(failing.state === 'failing');
    assert.equal(failing.error.reason, 'server');
  });
});
