const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What stands below ticks that are `stepMs` apart, in the browser's language: the time, and the day where another one begins. */
export function timeTexts(ticksMs: readonly number[], stepMs: number, language?: string): string[] {
  const seconds = stepMs < minuteMs ? ({ second: '2-digit' } as const) : {};
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...seconds });
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  let last = '';
  return ticksMs.map((atMs) => {
    const date = day.format(atMs);
    const isNew = date !== last;
    last = date;
    if (stepMs >= dayMs) return date;
    return isNew ? `${time.format(atMs)}\n${date}` : time.format(atMs);
  });
}
