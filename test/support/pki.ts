import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A throw-away certificate authority in a folder; makes certificates with the openssl command. */
export class Authority {
  readonly #folder: string;
  #serial = 1;

  constructor(folder: string) {
    this.#folder = folder;
    openssl([
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=pvcwatch test authority',
      '-keyout',
      this.#path('ca.key'),
      '-out',
      this.caFile,
    ]);
  }

  get caFile(): string {
    return this.#path('ca.crt');
  }

  /** A certificate for a server on loopback, or for a user (`/O=GROUP/CN=NAME`). */
  issue(
    name: string,
    subject: string,
    server: boolean,
  ): { readonly cert: string; readonly key: string; readonly certFile: string; readonly keyFile: string } {
    const [certFile, keyFile, requestFile, extensionFile] = ['crt', 'key', 'csr', 'ext'].map((ending) =>
      this.#path(`${name}.${ending}`),
    ) as [string, string, string, string];
    const usage = server
      ? 'serverAuth,clientAuth\nsubjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc'
      : 'clientAuth';
    writeFileSync(extensionFile, `extendedKeyUsage=${usage}\n`);
    openssl([
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      keyFile,
      '-out',
      requestFile,
    ]);
    openssl([
      'x509',
      '-req',
      '-in',
      requestFile,
      '-CA',
      this.caFile,
      '-CAkey',
      this.#path('ca.key'),
      '-set_serial',
      String(++this.#serial),
      '-days',
      '2',
      '-extfile',
      extensionFile,
      '-out',
      certFile,
    ]);
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile };
  }

  /** An RSA key for signing service account tokens. */
  signingKey(): string {
    const file = this.#path('service-account.key');
    openssl(['genrsa', '-out', file, '2048']);
    return file;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
