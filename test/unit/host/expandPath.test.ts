import assert from 'node:assert/strict';
import { expandPath } from '../../../src/host/expandPath.ts';

const folder = `\${workspaceFolder}`;
const trusted = { home: '/home/dev', workspaceFolder: '/projects/shop', trusted: true };

const paths: [path: string, place: Partial<typeof trusted> | { workspaceFolder: undefined }, expanded: string][] = [
  ['', {}, ''],
  ['/etc/kubeconfig', {}, '/etc/kubeconfig'],
  ['~/.kube/config', {}, '/home/dev/.kube/config'],
  ['~\\.kube\\config', {}, '/home/dev\\.kube\\config'],
  ['~', {}, '/home/dev'],
  ['~dev/config', {}, '~dev/config'],
  [`${folder}/kubeconfig`, {}, '/projects/shop/kubeconfig'],
  [`${folder}/a/${folder}`, { workspaceFolder: '/$&' }, '/$&/a//$&'],
  [`${folder}/kubeconfig`, { workspaceFolder: undefined }, ''],
  [`${folder}/kubeconfig`, { trusted: false }, ''],
  ['~/.kube/config', { trusted: false }, '/home/dev/.kube/config'],
];

describe('the path of a kubeconfig', () => {
  for (const [path, place, expanded] of paths)
    it(`'${path}' with ${JSON.stringify(place)} is '${expanded}'`, () =>
      assert.equal(expandPath(path, { ...trusted, ...place }), expanded));
});
