/** Label matchers in PromQL's own form, or what is wrong with them, fit to follow their text. */
export type MatchersOrProblem =
  | { readonly matchers: string; readonly problem?: never }
  | { readonly matchers?: never; readonly problem: string };

/** One matcher and what follows it: a comma, also after the last one as in PromQL, or the end. */
const matcher = /^([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\[^\n])*")\s*(?:,|$)/;

/**
 * Reads label matchers such as `cluster="prod-eu",job!~"test-.*"`, with or without braces; '' for none. Nothing else than
 * matchers gets into a query. What a regular expression says is for the Prometheus to judge.
 */
export function readMatchers(text: string): MatchersOrProblem {
  const matchers: string[] = [];
  let rest = text
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .trim();
  while (rest !== '') {
    const [all, label, operator, value] = matcher.exec(rest) ?? [];
    if (all === undefined) return { problem: 'is not a list of label matchers such as cluster="prod-eu"' };
    if (label === '__name__') return { problem: 'names another metric' };
    matchers.push(`${label}${operator}${value}`);
    rest = rest.slice(all.length).trimStart();
  }
  return { matchers: matchers.join(',') };
}
