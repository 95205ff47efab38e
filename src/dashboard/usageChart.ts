import uPlot from 'uplot';
import { humanBytes } from '../presentation/bytes.ts';
import type { PanelChart } from '../presentation/protocol.ts';
import { isHighContrast, themeColour } from './colours.ts';
import { forecastBand, futureEndMs } from './forecastBand.ts';
import { timeTexts } from './timeTexts.ts';

const heightPx = 280;
const font = '12px sans-serif';

/**
 * Used bytes over time, with the capacity, the thresholds and what the forecast says. The arrow keys move a cursor along the
 * samples; `said` is told what is under it, in words.
 */
export class UsageChart {
  readonly #place: HTMLElement;
  readonly #said: (text: string) => void;
  #plot: uPlot | undefined;
  #chart: PanelChart | undefined;

  constructor(place: HTMLElement, said: (text: string) => void) {
    this.#place = place;
    this.#said = said;
    place.addEventListener('keydown', (event) => this.#onKey(event));
    new ResizeObserver(() => this.#plot?.setSize({ width: place.clientWidth, height: heightPx })).observe(place);
  }

  /** Draws it anew. False where there is nothing to draw. */
  show(chart: PanelChart): boolean {
    this.#chart = chart;
    if (chart.timesMs.length === 0) {
      this.#plot?.destroy();
      this.#plot = undefined;
      return false;
    }
    const data = columnsOf(chart);
    if (this.#plot) this.#plot.setData(data);
    else this.#plot = new uPlot(this.#options(), data, this.#place);
    return true;
  }

  /** With the colours of the theme as it is now. */
  redraw(): void {
    this.#plot?.redraw(false);
  }

  #options(): uPlot.Options {
    const line = (label: string, colour: string, fewest: number, dash: number[] = []): uPlot.Series => ({
      ...{ label, width: 2, dash, stroke: () => themeColour(colour) },
      points: { show: (plot) => plot.data[0].length < fewest },
    });
    // What is set holds until it is set anew.
    const paths = uPlot.paths.stepped?.({ align: 1 });
    const step = (label: string, colour: string, dash?: number[]): uPlot.Series => ({
      // One sample makes no line.
      ...line(label, colour, 2, dash),
      ...(paths ? { paths } : {}),
    });
    const axis: uPlot.Axis = {
      ...{ font, stroke: () => themeColour('foreground') },
      grid: { stroke: gridColour, width: 1 },
      ticks: { stroke: gridColour, width: 1 },
    };
    return {
      width: Math.max(1, this.#place.clientWidth),
      height: heightPx,
      ms: 1,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { range: (_, from, to) => this.#timeRange(from, to) },
        y: { range: (_, __, highest) => [0, Math.max(1, highest * 1.05)] },
      },
      axes: [
        // A time with its seconds is wider than the space that is kept without a word.
        { ...axis, space: 80, values: (_, ticks, __, ___, stepMs) => timeTexts(ticks, stepMs) },
        { ...axis, size: 70, values: (_, ticks) => ticks.map(bytesText), incrs: binarySteps },
      ],
      series: [
        {},
        {
          // So few are told apart.
          ...line('Used', 'charts-blue', 10),
          fill: () => `${hexOf(themeColour('charts-blue'))}22`,
        },
        step('Capacity', 'foreground'),
        step('Warning', 'charts-yellow', [6, 4]),
        step('Critical', 'charts-red', [2, 3]),
      ],
      hooks: {
        drawAxes: [(plot) => this.#drawForecast(plot)],
        setCursor: [(plot) => this.#tell(plot.cursor.idx)],
      },
    };
  }

  #timeRange(from: number, to: number): [number, number] {
    const end = this.#chart ? futureEndMs(this.#chart) : to;
    const start = this.#chart?.timesMs[0] ?? from;
    return end > start ? [start, end] : [start - 60_000, start + 60_000];
  }

  #drawForecast(plot: uPlot): void {
    const corners = this.#chart ? forecastBand(this.#chart) : [];
    if (corners.length === 0) return;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.beginPath();
    for (const { atMs, bytes } of corners) ctx.lineTo(plot.valToPos(atMs, 'x', true), plot.valToPos(bytes, 'y', true));
    ctx.closePath();
    ctx.fillStyle = themeColour('charts-blue');
    ctx.globalAlpha = 0.3;
    ctx.fill();
    ctx.globalAlpha = 1;
    if (isHighContrast()) {
      ctx.strokeStyle = themeColour('foreground');
      ctx.stroke();
    }
    ctx.restore();
  }

  #onKey(event: KeyboardEvent): void {
    const plot = this.#plot;
    const count = this.#chart?.timesMs.length ?? 0;
    if (!plot || count === 0) return;
    const last = count - 1;
    const at = plot.cursor.idx ?? count;
    const page = Math.max(2, Math.round(count / 10));
    const targets: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - page, PageDown: at + page, Home: 0, End: last },
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, target));
    plot.setCursor({ left: plot.valToPos(plot.data[0][index] ?? 0, 'x'), top: 0 });
  }

  #tell(index: number | null | undefined): void {
    const { timesMs = [], usedBytes = [], capacityBytes = [] } = this.#chart ?? {};
    if (index === null || index === undefined) return;
    const [atMs, used, capacity] = [timesMs[index], usedBytes[index], capacityBytes[index]];
    if (atMs === undefined || used === undefined || capacity === undefined) return;
    const parts = capacity > 0 ? ` (${Math.floor((used / capacity) * 100)}%)` : '';
    this.#said(`${new Date(atMs).toLocaleString()}: ${bytesText(used)} of ${bytesText(capacity)} used${parts}`);
  }
}

function columnsOf({ timesMs, usedBytes, capacityBytes, warningRatio, criticalRatio }: PanelChart): uPlot.AlignedData {
  const parts = (ratio: number) => capacityBytes.map((bytes) => bytes * ratio);
  return [[...timesMs], [...usedBytes], [...capacityBytes], parts(warningRatio), parts(criticalRatio)];
}

function bytesText(bytes: number): string {
  return humanBytes(BigInt(Math.round(bytes)));
}

/** High contrast has a line as bright as the text there, which would outshine what is drawn. */
function gridColour(): string {
  return isHighContrast() ? `${hexOf(themeColour('foreground'))}44` : themeColour('editorIndentGuide-background1');
}

/** Every power of 2 up to the largest size there is. */
const binarySteps = Array.from({ length: 63 }, (_, power) => 2 ** power);

/** Six hexadecimal digits, whatever way the theme writes a colour. */
function hexOf(colour: string): string {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return '#808080';
  context.fillStyle = colour;
  return /^#[0-9a-f]{6}$/i.exec(context.fillStyle)?.[0] ?? '#808080';
}
