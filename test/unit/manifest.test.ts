import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import manifest from '../../package.json' with { type: 'json' };
import { parseSettings } from '../../src/domain/settings.ts';

const root = join(import.meta.dirname, '../..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(root, 'src', file), 'utf8'));

/** What the first group of a pattern matches, over all of the source. */
function found(pattern: RegExp): string[] {
  return sources.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')).sort();
}

const { contributes } = manifest;
const commands = contributes.commands.map(({ command }) => command).sort();
const settings: Record<string, { readonly default?: unknown }> = contributes.configuration.properties;

describe('manifest', () => {
  it('has one registration for each command, and the reverse', () => {
    assert.deepEqual(found(/registerCommand\(\s*'([^']+)'/g), commands);
  });

  it('has one reader for each setting, and the reverse', () => {
    assert.deepEqual(
      found(/\btake\(\s*'([^']+)'/g).map((name) => `pvcwatch.${name}`),
      Object.keys(settings).sort(),
    );
  });

  it('has one home for the view, in its container', () => {
    assert.deepEqual(found(/viewId = '([^']+)'/g), ['pvcwatch.alerts', 'pvcwatch.claims']);
    assert.deepEqual(
      contributes.views.pvcwatch.map(({ id, name }) => [id, name]),
      [
        ['pvcwatch.claims', 'Claims'],
        ['pvcwatch.alerts', 'Alerts'],
      ],
    );
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      ['pvcwatch'],
    );
  });

  it('has one welcome text for each reason, each with a way on', () => {
    const type = sources.find((text) => text.includes('export type WelcomeReason')) ?? '';
    const reasons = [...type.slice(0, type.indexOf(';', type.indexOf('WelcomeReason'))).matchAll(/\| '(\w+)'/g)];
    const welcomes = contributes.viewsWelcome.filter(({ view }) => view === 'pvcwatch.claims');
    const shown = welcomes.map(({ when = '' }) => /^pvcwatch\.welcome == '(\w+)'$/.exec(when)?.[1]);
    assert.deepEqual(shown.toSorted(), reasons.map((match) => match[1]).sort());
    for (const { contents } of welcomes) {
      assert.match(contents, /\[(Retry|Connect)\]\(command:pvcwatch\.refresh\)/);
      assert.match(contents, /\[Open Demo Cluster\]\(command:pvcwatch\.openDemoCluster\)/);
    }
  });

  it('names only its own commands in menus and welcome texts', () => {
    const menus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const links = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:(pvcwatch\.\w+)/g)].map((match) => match[1]),
    );
    for (const command of [...menus, ...links]) assert.ok(commands.includes(command ?? ''), command);
  });

  it('has the category PVC Watch on every command', () => {
    assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ['PVC Watch']);
  });

  it('has defaults that the reader accepts, and that are what it begins with', () => {
    const read = (isSet: boolean) =>
      parseSettings((name) => ({ value: settings[`pvcwatch.${name}`]?.default, isSet: isSet && name !== 'maxClaims' }));
    assert.deepEqual(read(true).problems, []);
    assert.deepEqual(read(true).settings, parseSettings(() => ({ value: undefined, isSet: false })).settings);
  });

  it('is limited in untrusted workspaces by exactly the settings that could run or redirect something', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted(), [
      'pvcwatch.context',
      'pvcwatch.contexts',
      'pvcwatch.kubeconfig',
      'pvcwatch.onBreach',
      'pvcwatch.onNormal',
      'pvcwatch.usage.prometheus',
    ]);
  });

  it('starts late, where the kubeconfig is, and not in a browser', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
    assert.deepEqual(manifest.extensionKind, ['workspace', 'ui']);
    assert.equal('browser' in manifest, false);
    assert.equal(`${manifest.publisher}.${manifest.name}`, 'pvcwatch.pvcwatch');
  });
});
