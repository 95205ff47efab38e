import { stringify } from 'yaml';
import { objectAt, objectOf } from '../wire/json.ts';

/**
 * An object as YAML, as `kubectl get -o yaml` shows it: sorted, without managedFields, and with quotes around what kubectl,
 * which reads YAML 1.1, would not take for a text (`yes`, times).
 */
export function toManifest(object: unknown): string {
  const manifest = objectOf(object);
  if (!manifest) return stringify(object);
  const { managedFields: _, ...metadata } = objectAt(manifest, 'metadata');
  return stringify({ ...manifest, metadata }, { lineWidth: 0, sortMapEntries: true, compat: 'yaml-1.1' });
}
