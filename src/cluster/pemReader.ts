import { createSecureContext } from 'node:tls';
import { type Clock, sleep } from '../base/clock.ts';
import type { Result } from '../domain/apiError.ts';
import type { Credential } from './credential.ts';
import { readPem } from './pemFiles.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';
import type { PemTexts } from './targetConfig.ts';

/** What was read last is good for so long while the files are being replaced. */
const rotationMs = 120_000;
/** A certificate and a key that do not belong together are read again: one of them has just been written. */
const tries = { count: 3, waitMs: 200 };

/**
 * The certificates of one target, from files that are rotated while they are read: one that is away or torn, or a new
 * certificate beside the old key, leaves what was good before in force for two minutes (client-go keeps the old pair as well).
 */
export class PemReader {
  readonly #resolved: ResolvedTarget;
  readonly #clock: Clock;
  #good: { readonly texts: PemTexts; readonly readMs: number } | undefined;

  constructor(resolved: ResolvedTarget, clock: Clock) {
    this.#resolved = resolved;
    this.#clock = clock;
  }

  /** As they are now; what cannot be used is an error, or is left for the connection to find out. */
  async read(credential: Credential, signal: AbortSignal): Promise<Result<PemTexts>> {
    for (let attempt = 1; ; attempt++) {
      const pem = await readPem(this.#resolved, credential);
      if (pem.ok && (same(pem.value, this.#good?.texts) || fits(pem.value))) {
        this.#good = { texts: pem.value, readMs: this.#clock.monotonicMs() };
        return pem;
      }
      if (this.#good && this.#clock.monotonicMs() - this.#good.readMs < rotationMs)
        return { ok: true, value: this.#good.texts };
      if (!pem.ok || attempt >= tries.count || !this.#mayChange || signal.aborted) return pem;
      await sleep(this.#clock, tries.waitMs, signal);
    }
  }

  get #mayChange(): boolean {
    const { clientCertificate, clientKey } = this.#resolved.user;
    return [clientCertificate, clientKey].some((material) => material !== undefined && 'file' in material);
  }
}

function same(a: PemTexts, b: PemTexts | undefined): boolean {
  return a.ca === b?.ca && a.cert === b?.cert && a.key === b?.key;
}

/** Whether the key is that of the certificate. */
function fits({ cert, key }: PemTexts): boolean {
  if (cert === undefined || key === undefined) return true;
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}
