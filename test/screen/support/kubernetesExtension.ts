import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';

/**
 * Packages a stand-in for the Kubernetes extension: its id and its configuration API, which answers with what stands in
 * `choiceFile` as JSON and tells when that changes.
 */
export async function kubernetesExtensionVsix(folder: string, choiceFile: string): Promise<string> {
  const source = join(folder, 'kubernetes-extension');
  mkdirSync(source, { recursive: true });
  const manifest = {
    name: 'vscode-kubernetes-tools',
    publisher: 'ms-kubernetes-tools',
    version: '1.4.1',
    engines: { vscode: '^1.106.0' },
    main: 'main.js',
    license: 'MIT',
    activationEvents: [],
  };
  writeFileSync(join(source, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(source, 'README.md'), 'A stand-in for tests.\n');
  writeFileSync(join(source, 'LICENSE'), 'MIT\n');
  writeFileSync(
    join(source, 'main.js'),
    `const { readFileSync, watchFile, unwatchFile } = require('node:fs');
const { EventEmitter } = require('vscode');
const file = ${JSON.stringify(choiceFile)};
exports.activate = (context) => {
  const changed = new EventEmitter();
  const read = () => JSON.parse(readFileSync(file, 'utf8'));
  watchFile(file, { interval: 200 }, () => changed.fire(read()));
  context.subscriptions.push({ dispose: () => unwatchFile(file) });
  const api = { getKubeconfigPath: read, onDidChangeKubeconfigPath: changed.event };
  return {
    get: (component, version) =>
      component === 'configuration' && version === 'v1_1'
        ? { available: true, api }
        : { available: false, reason: 'version-unknown' },
  };
};
`,
  );
  const packagePath = join(folder, 'kubernetes-extension.vsix');
  await createVSIX({
    cwd: source,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}
