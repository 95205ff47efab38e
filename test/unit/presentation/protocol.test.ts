import assert from 'node:assert/strict';
import type { PanelModel, PanelState } from '../../../src/presentation/protocol.ts';
import { changedParts, messageOf, panelStateOf } from '../../../src/presentation/protocol.ts';

const section = { rows: [], note: '' };
const model: PanelModel = {
  head: { name: 'data', place: 'shop in dev', note: '', noteLevel: 'normal' },
  usage: { text: '', level: 'normal', reason: '', forecast: '', spoken: '' },
  chart: { timesMs: [], usedBytes: [], capacityBytes: [], warningRatio: 0.85, criticalRatio: 0.97, fullMs: [] },
  facts: section,
  conditions: section,
  events: section,
  pods: section,
};

describe('protocol', () => {
  it('sends everything first', () => assert.deepEqual(changedParts(undefined, model), model));

  it('sends nothing twice', () => assert.equal(changedParts(model, structuredClone(model)), undefined));

  it('sends the parts that changed, and only those', () => {
    const events = { rows: [{ label: 'a', value: 'b', level: 'normal' as const }], note: '' };
    assert.deepEqual(changedParts(model, { ...model, events }), { events });
  });

  it('hears that the page is there, and nothing else', () => {
    assert.deepEqual(messageOf({ kind: 'ready', more: 1 }), { kind: 'ready' });
    for (const other of [undefined, null, 'ready', 1, [], {}, { kind: 'rm' }])
      assert.equal(messageOf(other), undefined);
  });

  it('takes back only a state that is whole', () => {
    const state: PanelState = { contextName: 'dev', namespace: 'shop', name: 'data', uid: 'u', identity: '' };
    assert.deepEqual(panelStateOf(state), state);
    const { uid: _, ...without } = state;
    for (const other of [undefined, null, 'x', [], without, { ...state, name: 7 }])
      assert.equal(panelStateOf(other), undefined);
  });
});
