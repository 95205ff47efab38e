/**
 * What of a Kubernetes object is read: for each protobuf field its JSON key and its type.
 *
 * One description serves both forms: a protobuf message is read into the same partial JSON object that the API server
 * would have sent, so that a kind has one projection to its record and the two forms cannot drift apart.
 * Field numbers are those of `generated.proto` in k8s.io/api and k8s.io/apimachinery; they never change.
 */
export interface Shape {
  readonly [fieldNumber: number]: readonly [key: string, type: FieldType];
}

/**
 * `word`: a string that repeats over many objects. `int`: signed, exact within 2^53. `time`: a metav1.Time, read as milliseconds since the epoch. `quantity`: its text.
 * `embedded`: a message whose fields stand in the parent's JSON. A map is read for the named keys only.
 */
export type FieldType =
  | 'string'
  | 'word'
  | 'bool'
  | 'int'
  | 'time'
  | 'quantity'
  | { readonly message: Shape }
  | { readonly embedded: Shape }
  | { readonly list: 'word' | Shape }
  | { readonly map: 'string' | 'quantity'; readonly keys: readonly string[] };

/** metav1.ObjectMeta, with the annotations that a kind reads. */
export function objectMeta(...annotations: readonly string[]): FieldType {
  return labelledMeta([], annotations);
}

/** metav1.ObjectMeta, with the labels and annotations that a kind reads. */
export function labelledMeta(labels: readonly string[], annotations: readonly string[]): FieldType {
  return {
    message: {
      1: ['name', 'string'],
      3: ['namespace', 'word'],
      5: ['uid', 'string'],
      6: ['resourceVersion', 'string'],
      8: ['creationTimestamp', 'time'],
      9: ['deletionTimestamp', 'time'],
      ...(labels.length === 0 ? {} : { 11: ['labels', { map: 'string', keys: labels }] as const }),
      ...(annotations.length === 0 ? {} : { 12: ['annotations', { map: 'string', keys: annotations }] as const }),
    },
  };
}

/** metav1.ListMeta. */
export const listMeta: Shape = { 2: ['resourceVersion', 'string'], 3: ['continue', 'string'] };

/** metav1.Status, as far as a failure is read. */
export const statusShape: Shape = {
  2: ['status', 'string'],
  3: ['message', 'string'],
  4: ['reason', 'string'],
  5: ['details', { message: { 5: ['retryAfterSeconds', 'int'] } }],
  6: ['code', 'int'],
};
