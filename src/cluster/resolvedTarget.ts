import type { Target } from '../domain/target.ts';

/** Bytes that are written in the kubeconfig, or stand in a file that may be rotated. Paths are absolute. */
export type Material = { readonly file: string } | { readonly data: string };

/** How a cluster is reached. `ca` undefined: the system's authorities. */
export interface ResolvedCluster {
  readonly name: string;
  readonly server: string;
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify: boolean;
  /** PEM in `file`, or base64 of PEM in `data`. */
  readonly ca?: Material;
  /** What the extension `client.authentication.k8s.io/exec` tells credential plugins. */
  readonly pluginConfig?: unknown;
  /** `proxy-url` as written. */
  readonly proxyUrl?: string;
  /** The proxy in force, from `proxy-url`, the environment or VS Code, with its user and password. Never shown. */
  readonly proxy?: string;
  /** The setting that this was read from, where it was no kubeconfig: its errors are about that. */
  readonly setting?: string;
}

/** An exec credential plugin (client.authentication.k8s.io). `command` is absolute or to be looked up on the PATH. */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
  /** `interactiveMode: Always`: it cannot do without a person at a terminal. */
  readonly alwaysInteractive: boolean;
}

/** Whom to act as. At most one of token, tokenFile, exec, idToken and basic auth is in force, in kubectl's order. */
export interface ResolvedUser {
  readonly name: string;
  readonly clientCertificate?: Material;
  readonly clientKey?: Material;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly exec?: ExecConfig;
  /** id-token of an OIDC auth provider: used while it is valid, never refreshed by us. */
  readonly idToken?: string;
  readonly impersonate?: {
    readonly user: string;
    readonly uid?: string;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
  };
}

/** One context of one kubeconfig snapshot, complete. Two with the same `fingerprint` need the same connection. */
export interface ResolvedTarget {
  readonly target: Target;
  readonly cluster: ResolvedCluster;
  readonly user: ResolvedUser;
  /** Hash of everything that credentials and TLS depend on, as written in the kubeconfig. */
  readonly fingerprint: string;
  /** The kubeconfig files it was read from: what kubectl in a terminal has to be given. */
  readonly files: readonly string[];
}
