import type { FromPanel, PanelState, ToPanel } from '../presentation/protocol.ts';
import { onThemeChange } from './colours.ts';
import { elementOf, showParts } from './page.ts';
import { UsageChart } from './usageChart.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; setState(state: PanelState): void };

/** The page of a claim panel. It asks for everything once, and draws what it is sent. */
function start(): void {
  const host = acquireVsCodeApi();
  const cursor = elementOf('cursor');
  const chart = new UsageChart(elementOf('chart'), (text) => {
    cursor.textContent = text;
  });
  onThemeChange(() => chart.redraw());
  addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
    if (data.kind === 'keep') {
      host.setState(data.state);
      return;
    }
    showParts(data.parts);
    if (!data.parts.chart) return;
    elementOf('key-forecast').hidden = data.parts.chart.fullMs.length === 0;
    // Shown first: what is hidden has no width to draw in.
    elementOf('history').hidden = data.parts.chart.timesMs.length === 0;
    if (!chart.show(data.parts.chart)) cursor.textContent = '';
  });
  host.postMessage({ kind: 'ready' });
}

start();
