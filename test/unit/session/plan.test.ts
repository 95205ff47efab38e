import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { planOf } from '../../../src/session/plan.ts';

const settings = {
  ...defaultSettings,
  label: undefined,
  namespaces: ['my-team'],
  labelSelector: 'app=db',
  fieldSelector: 'metadata.name=data',
};

describe('plan', () => {
  it('is what the settings say', () => {
    const { namespaces, labelSelector, fieldSelector } = settings;
    assert.deepEqual(planOf(settings, { demo: false }).scope, { namespaces, labelSelector, fieldSelector });
  });

  it('shows the demo cluster whole, whatever the user follows elsewhere', () => {
    assert.deepEqual(planOf(settings, { demo: true }).scope, { namespaces: [], labelSelector: '', fieldSelector: '' });
  });
});
