import { type JsonObject, objectOf } from '../wire/json.ts';
import { claimsResource, type Resource } from './resources.ts';
import { badRequest } from './status.ts';

/** Whether an object is selected by its fields. */
export type FieldMatcher = (object: JsonObject) => boolean;

/**
 * Reads what `kubectl --field-selector` takes: `field=value`, `==` and `!=`, joined by commas, with `\,` `\=` `\\` escaped.
 * Throws the 400 of the real server for what it cannot read, and for fields the kind does not index.
 */
export function parseFieldSelector(text: string, resource: Resource): FieldMatcher {
  const terms = termsOf(text).filter((term) => term !== '');
  const matchers = terms.map((term) => termMatcher(term, resource));
  return (object) => matchers.every((matches) => matches(object));
}

function termMatcher(term: string, resource: Resource): FieldMatcher {
  const match = /^((?:[^\\=!]|\\.)*?)(!=|==|=)([\s\S]*)$/.exec(term);
  const [, field = '', operator = '', escaped = ''] = match ?? [];
  if (!match) throw badRequest(`invalid selector: '${text(term)}'; can't understand '${text(term)}'`);
  const value = unescaped(escaped);
  const path = resource.fields[field];
  if (!path) throw badRequest(unsupported(field, resource));
  return (object) => (valueAt(object, path) === value) === (operator !== '!=');
}

function unsupported(field: string, resource: Resource): string {
  if (resource !== claimsResource) return `field label not supported: ${field}`;
  const known = Object.keys(resource.fields).map((each) => `"${each}"`);
  return `"${field}" is not a known field selector: only ${known.join(', ')}`;
}

function termsOf(all: string): readonly string[] {
  const terms: string[] = [''];
  for (let index = 0; index < all.length; index++) {
    const character = all.charAt(index);
    if (character === ',') terms.push('');
    else if (character === '\\') terms.push(`${terms.pop() ?? ''}${all.slice(index, ++index + 1)}`);
    else terms.push(`${terms.pop() ?? ''}${character}`);
  }
  return terms;
}

function unescaped(value: string): string {
  let result = '';
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index);
    if (character === '\\') {
      const next = value.charAt(++index);
      if (next === '' || !'\\,='.includes(next)) {
        throw badRequest(`invalid field selector: invalid escape sequence: \\${next}`);
      }
      result += next;
    } else if (character === '=') {
      throw badRequest('invalid field selector: unescaped character in value: 61');
    } else result += character;
  }
  return result;
}

function valueAt(object: JsonObject, path: readonly string[]): string {
  let value: unknown = object;
  for (const key of path) value = objectOf(value)?.[key];
  return typeof value === 'string' ? value : '';
}

function text(term: string): string {
  return term.replaceAll("'", '');
}
