/** Where a page gets its two files, and what its policy lets through. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Whence style sheets may be loaded, as VS Code says it. */
  readonly cspSource: string;
  /** New for each page. */
  readonly nonce: string;
}

/**
 * The page of a claim panel, with nothing of a claim in it: all of that comes as messages and is put in as text. It may load
 * one script, which has to carry the nonce, and style sheets of ours; nothing else, and nothing from a network.
 */
export function claimPage({ script, style, cspSource, nonce }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource};`;
  const section = (id: string, title: string) => `
    <section aria-labelledby="${id}-title">
      <h2 id="${id}-title">${title}</h2>
      <dl id="${id}-rows" hidden></dl>
      <p id="${id}-note" class="quiet"></p>
    </section>`;
  const key = (id: string, shape: string, title: string) =>
    `<li id="key-${id}"><svg class="key-${id}" viewBox="0 0 24 10" aria-hidden="true">${shape}</svg>${title}</li>`;
  const line = '<path d="M0 5h24"/>';
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${style}">
    <title>Claim</title>
  </head>
  <body>
    <h1 id="name"></h1>
    <p id="place" class="quiet"></p>
    <p id="note" role="status" hidden></p>
    <p id="used" hidden></p>
    <p id="reason" class="quiet" hidden></p>
    <p id="forecast" hidden></p>
    <div id="history" hidden>
      <div id="chart" tabindex="0" role="group" aria-roledescription="chart"
        aria-label="Used bytes over time. The arrow keys move along the samples." aria-describedby="spoken"></div>
      <p id="cursor" class="quiet" aria-live="polite"></p>
      <ul id="legend" aria-label="Lines of the chart">
        ${key('used', line, 'Used')}
        ${key('capacity', line, 'Capacity')}
        ${key('warning', line, 'Warning')}
        ${key('critical', line, 'Critical')}
        ${key('forecast', '<path d="M1 1h22v8H1z"/>', 'Forecast')}
      </ul>
    </div>
    <p id="spoken" class="spoken"></p>
    ${section('facts', 'Claim')}
    ${section('conditions', 'Conditions')}
    ${section('pods', 'Pods')}
    ${section('events', 'Events')}
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
