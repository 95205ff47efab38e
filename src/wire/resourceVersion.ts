/**
 * Whether a server, or its cache, is behind what it has told already.
 * Kubernetes lets resourceVersions be compared as whole numbers (KEP-5504); others are not compared.
 */
export function isBefore(resourceVersion: string, reached: string): boolean {
  const number = /^\d{1,20}$/;
  return number.test(resourceVersion) && number.test(reached) && BigInt(resourceVersion) < BigInt(reached);
}
