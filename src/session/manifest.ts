import { stringify } from 'yaml';
import { objectAt, objectOf } from '../wire/json.ts';

/** An object as YAML, as `kubectl get -o yaml` shows it: without managedFields. */
export function toManifest(object: unknown): string {
  const manifest = objectOf(object);
  if (!manifest) return stringify(object);
  const { managedFields: _, ...metadata } = objectAt(manifest, 'metadata');
  return stringify({ ...manifest, metadata }, { lineWidth: 0 });
}
