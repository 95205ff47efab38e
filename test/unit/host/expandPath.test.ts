import assert from 'node:assert/strict';
import { expandPath, type PathPlace, pathProblem } from '../../../src/host/expandPath.ts';

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

  it('is a wrong setting where it is in a folder and none is open', () => {
    const problem = pathProblem('pvcwatch.kubeconfig', `${folder}/kubeconfig`, {
      ...trusted,
      workspaceFolder: undefined,
    });
    assert.equal(problem?.setting, 'pvcwatch.kubeconfig');
    assert.match(
      problem?.message ?? '',
      /^pvcwatch\.kubeconfig: \$\{workspaceFolder\} .* none is open\. Expected a path/,
    );
  });

  const right: [path: string, place: Partial<PathPlace>][] = [
    ['', { workspaceFolder: undefined }],
    ['~/config', { workspaceFolder: undefined }],
    [`${folder}/kubeconfig`, {}],
    [`${folder}/kubeconfig`, { trusted: false }],
  ];
  for (const [path, place] of right)
    it(`'${path}' with ${JSON.stringify(place)} is right`, () =>
      assert.equal(pathProblem('pvcwatch.kubeconfig', path, { ...trusted, ...place }), undefined));
});
