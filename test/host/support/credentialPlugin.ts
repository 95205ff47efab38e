import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './kubeconfigFile.ts';

/** An exec credential plugin of its own, which says how often it was run and does what the test tells it to. */
export class CredentialPlugin {
  readonly #folder = mkdtempSync(join(temporaryFolder(), 'plugin-'));
  readonly #answer = join(this.#folder, 'answer.json');
  readonly #runs = join(this.#folder, 'runs');

  constructor() {
    // Prints the answer where there is one, and fails with a secret in its last words where there is none.
    const script = `
      const fs = require('node:fs');
      fs.appendFileSync(${JSON.stringify(this.#runs)}, process.env.KUBERNETES_EXEC_INFO + '\\n');
      if (!fs.existsSync(${JSON.stringify(this.#answer)})) { console.error('hunter2'); process.exit(3); }
      process.stdout.write(fs.readFileSync(${JSON.stringify(this.#answer)}));`;
    writeFileSync(this.script, script);
    appendFileSync(this.#runs, '');
  }

  get script(): string {
    return join(this.#folder, 'plugin.cjs');
  }

  /** The file that makes it succeed. */
  get answerFile(): string {
    return this.#answer;
  }

  /** What each run was told in KUBERNETES_EXEC_INFO. */
  get runs(): readonly string[] {
    return readFileSync(this.#runs, 'utf8').split('\n').filter(Boolean);
  }

  /** The user entry of a kubeconfig. */
  get user(): object {
    return {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: 'IfAvailable',
        command: 'node',
        args: [this.script],
      },
    };
  }

  succeedWith(token: string): void {
    writeFileSync(this.#answer, credential(token));
  }

  fail(): void {
    if (existsSync(this.#answer)) rmSync(this.#answer);
  }
}

/** What a plugin prints. */
export function credential(token: string): string {
  return JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token, expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString() },
  });
}
