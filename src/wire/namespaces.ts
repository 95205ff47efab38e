import type { NamespaceRecord } from '../domain/records.ts';
import type { Interner } from './interner.ts';
import { hasTime, type JsonObject, objectAt, textAt } from './json.ts';
import type { Kind } from './kind.ts';
import { objectMeta } from './shape.ts';

/** Namespaces (core/v1). */
export const namespaces: Kind<NamespaceRecord> = {
  plural: 'namespaces',
  listKind: 'NamespaceList',
  root: '/api/v1',
  group: '',
  namespaced: false,
  shape: { 1: ['metadata', objectMeta()] },
  read: readNamespace,
};

/** Projects (project.openshift.io/v1): on OpenShift the list of what a user may see, where namespaces are forbidden. */
export const projects: Kind<NamespaceRecord> = {
  plural: 'projects',
  listKind: 'ProjectList',
  root: '/apis/project.openshift.io/v1',
  group: 'project.openshift.io',
  namespaced: false,
  shape: {},
  read: readNamespace,
};

function readNamespace(object: JsonObject, interner: Interner): NamespaceRecord | undefined {
  const metadata = objectAt(object, 'metadata');
  const [uid, name] = [textAt(metadata, 'uid'), textAt(metadata, 'name')];
  if (uid === undefined || name === undefined) return undefined;
  return {
    uid,
    name: interner.of(name),
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    terminating: hasTime(metadata, 'deletionTimestamp'),
  };
}
