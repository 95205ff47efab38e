import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes an extension that does nothing: what VS Code itself needs to activate one. */
export function writeEmptyExtension(folder: string, id: string, activationEvents: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const [publisher, name] = id.split('.');
  const manifest = {
    name,
    publisher,
    version: '1.0.0',
    engines: { vscode: '^1.106.0' },
    extensionKind: ['workspace'],
    main: './extension.cjs',
    activationEvents,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'extension.cjs'), "'use strict';\nexports.activate = () => ({});\n");
}
