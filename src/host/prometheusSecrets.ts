import type { SecretStorage } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { PrometheusAccess } from '../domain/prometheusPlace.ts';
import { recordOf } from '../domain/settingForms.ts';
import type { AccessSource } from '../session/currentUsage.ts';

const prefix = 'pvcwatch.prometheus ';

/** Credentials of Prometheuses in VS Code's secret storage, by the origin of the URL: they are never sent anywhere else. */
export class PrometheusSecrets implements AccessSource, Disposable {
  readonly #secrets: SecretStorage;
  readonly #lifetime = new DisposableStore();
  readonly #changes = new SignalSource(0);

  constructor(secrets: SecretStorage) {
    this.#secrets = secrets;
    this.#lifetime.add(
      secrets.onDidChange(({ key }) => {
        if (key.startsWith(prefix)) this.#changes.set(this.#changes.value + 1);
      }),
    );
  }

  get changes(): Signal<unknown> {
    return this.#changes;
  }

  /** Nothing where the storage cannot be read or holds anything else. */
  async of(url: string): Promise<PrometheusAccess> {
    try {
      return accessOf(await this.#secrets.get(keyOf(url)));
    } catch {
      return {};
    }
  }

  /** Rejects where the storage refuses. */
  async keep(url: string, access: PrometheusAccess): Promise<void> {
    if (access.token === undefined && access.headers === undefined) await this.#secrets.delete(keyOf(url));
    else await this.#secrets.store(keyOf(url), JSON.stringify(access));
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}

function keyOf(url: string): string {
  return prefix + new URL(url).origin;
}

function accessOf(stored: string | undefined): PrometheusAccess {
  const { token, headers } = recordOf(JSON.parse(stored ?? '{}')) ?? {};
  const entries = Object.entries(recordOf(headers) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    ...(typeof token === 'string' ? { token } : {}),
    ...(entries.length === 0 ? {} : { headers: Object.fromEntries(entries) }),
  };
}
