import assert from 'node:assert/strict';
import type { RawAnswer } from './rawClient.ts';

/** A refusal has to be a metav1.Status with this code, reason and message (or a part of it, as a pattern). */
export function assertRefused(answer: RawAnswer, code: number, reason: string, message: string | RegExp): void {
  const { body } = answer;
  assert.equal(answer.status, code, answer.text);
  assert.equal(body.kind, 'Status');
  assert.equal(body.apiVersion, 'v1');
  assert.equal(body.status, 'Failure');
  assert.equal(body.code, code);
  assert.equal(body.reason, reason);
  if (typeof message === 'string') assert.equal(body.message, message);
  else assert.match(String(body.message), message);
}
