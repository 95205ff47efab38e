import { badRequest } from './status.ts';

/** Whether an object with these labels is selected. */
export type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

const operators = 'in, notin, =, ==, !=, gt, lt';
const keyRules =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueRules =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', " +
  "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/**
 * Reads what `kubectl -l` takes: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, `a<1`, joined by commas.
 *
 * Throws the 400 of the real server; its grammar and messages are those of apimachinery `labels.Parse`.
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return () => true;
  const reader = new Reader(tokens);
  const matchers: LabelMatcher[] = [];
  for (;;) {
    if (!isIdentifier(reader.peek) && reader.peek !== '!') {
      if (matchers.length === 0)
        throw badRequest(`found '${reader.peek}', expected: !, identifier, or 'end of string'`);
      throw badRequest(`found '${reader.peek}', expected: identifier after ','`);
    }
    matchers.push(requirement(reader));
    const next = reader.take();
    if (next === '') return (labels) => matchers.every((matches) => matches(labels));
    if (next !== ',') throw badRequest(`found '${next}', expected: ',' or 'end of string'`);
  }
}

class Reader {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  /** '' at the end. */
  get peek(): string {
    return this.#tokens[this.#position] ?? '';
  }

  take(): string {
    const token = this.peek;
    this.#position++;
    return token;
  }
}

function requirement(reader: Reader): LabelMatcher {
  if (reader.peek === '!') {
    reader.take();
    const key = keyFrom(reader);
    return (labels) => labels[key] === undefined;
  }
  const key = keyFrom(reader);
  if (reader.peek === '' || reader.peek === ',') return (labels) => labels[key] !== undefined;
  const operator = reader.take();
  switch (operator) {
    case 'in':
    case 'notin': {
      const values = new Set(valuesFrom(reader, key));
      return (labels) => values.has(labels[key]) === (operator === 'in');
    }
    case '=':
    case '==':
    case '!=': {
      const value = checkedValue(isIdentifier(reader.peek) ? reader.take() : '', key);
      return (labels) => (labels[key] === value) === (operator !== '!=');
    }
    case '>':
    case '<':
      return comparison(operator, key, reader.take());
    default:
      throw parseError(`found '${operator}', expected: ${operators}`);
  }
}

function comparison(operator: string, key: string, text: string): LabelMatcher {
  if (!/^[+-]?\d+$/.test(text)) {
    const why = "for 'Gt', 'Lt' operators, the value must be an integer";
    throw parseError(`values[0]: Invalid value: "${text}": ${why}`);
  }
  const bound = Number(text);
  return (labels) => {
    const value = Number(labels[key] ?? Number.NaN);
    return operator === '>' ? value > bound : value < bound;
  };
}

function keyFrom(reader: Reader): string {
  const key = reader.take();
  if (!isIdentifier(key)) throw parseError(`found '${key}', expected: identifier`);
  const parts = key.split('/');
  const bad = (rules: string) => parseError(`<nil>: Invalid value: "${key}": ${rules}`);
  if (parts.length > 2) {
    throw bad(
      `a valid label key ${keyRules} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    );
  }
  if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(parts.at(-1) ?? '')) throw bad(`name part ${keyRules}`);
  return key;
}

function valuesFrom(reader: Reader, key: string): readonly (string | undefined)[] {
  const open = reader.take();
  if (open !== '(') throw parseError(`found '${open}' expected: '('`);
  const values: string[] = [];
  for (let value = ''; ; ) {
    const token = reader.take();
    if (isIdentifier(token)) value = checkedValue(token, key);
    else if (token === ',' || token === ')') {
      values.push(value);
      value = '';
      if (token === ')') return values;
    } else throw parseError(`found '${token}', expected: ',' or ')'`);
    if (isIdentifier(token) && reader.peek !== ',' && reader.peek !== ')') {
      throw parseError(`found '${reader.peek}', expected: ',' or ')'`);
    }
  }
}

function checkedValue(value: string, key: string): string {
  if (/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value) && value.length <= 63) return value;
  throw parseError(`values[0][${key}]: Invalid value: "${value}": ${valueRules}`);
}

function parseError(why: string) {
  return badRequest(`unable to parse requirement: ${why}`);
}

function tokensOf(text: string): readonly string[] {
  return text.match(/!=|==|[=!<>,()]|[^\s=!<>,()]+/g) ?? [];
}

function isIdentifier(token: string): boolean {
  return /^[^\s=!<>,()]+$/.test(token);
}
