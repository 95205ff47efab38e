/** What the contract needs of a cluster: an address, full rights, and a way to make its history expire. */
export interface ContractCluster {
  readonly server: string;
  /** Authority of the server, if it speaks TLS. */
  readonly ca?: string;
  /** Of a user who may do everything. */
  readonly token: string;
  /** A kubeconfig of that user, with a current context. */
  readonly kubeconfig: string;
  /** A storage class that binds at the first pod. The default class binds at once and allows expansion. */
  readonly waitingClass: string;
  /** Makes every resourceVersion and continue token of before unusable. */
  expireHistory(): Promise<void>;
  stop(): Promise<void>;
}
