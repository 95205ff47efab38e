import type { Result } from '../domain/apiError.ts';
import type { Interaction } from './interaction.ts';

/** What proves who we are, for one request. Never logged, never shown. PEM texts for certificates. */
export interface Credential {
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

/** Why a credential is asked for: for the next request, or because the server has refused the last one. */
export type CredentialNeed = 'connect' | 'refresh401';

/** Where the credentials of one user come from. */
export interface CredentialSource {
  /** Whether asking again after a 401 can give another credential. */
  readonly canRefresh: boolean;
  /**
   * Refusals are `signIn`, `untrusted` or `config` errors; never rejects.
   *
   * `refused` is the credential that a 401 was given to. Requests that were sent with it at the same time come here one
   * after the other; whoever comes later gets what the first one's refresh has brought. The same object again means that
   * there is nothing newer.
   */
  get(
    need: CredentialNeed,
    interaction: Interaction,
    signal: AbortSignal,
    refused?: Credential,
  ): Promise<Result<Credential>>;
  /** Reads a file that holds it again now; true if there is another one in it. */
  reread?(): Promise<boolean>;
  /** Ends what is still under way to get one. */
  dispose?(): void;
}

/** Whether a text can stand in an HTTP header as it is: printable ASCII, spaces and tabs. */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(text);
}
