import { HOUR_MS } from '../../kernel/time.js';
import { html, type Html } from '../html.js';

const [LEFT, TOP, BOTTOM, STEP, BAR] = [26, 10, 106, 13, 9];

interface HourCount {
  hour: Date;
  count: number;
}

/** Bars per hour, the last 24 up to `now`, drawn here: no script, no picture from elsewhere. */
export function hourChart(counts: readonly HourCount[], now: Date, noun: string): Html {
  const first = Math.floor(now.getTime() / HOUR_MS) - 23;
  const byHour = new Map(counts.map(({ hour, count }) => [Math.floor(hour.getTime() / HOUR_MS), count]));
  const bars = Array.from({ length: 24 }, (_, index) => byHour.get(first + index) ?? 0);
  const total = bars.reduce((sum, count) => sum + count, 0);
  const top = roundUp(Math.max(...bars));
  const height = (count: number): number => ((BOTTOM - TOP) * count) / top;
  const label = `${noun} per hour, last 24 hours: ${total}`;
  return html`<svg class="chart" viewBox="0 0 342 132" role="img" aria-label="${label}">
    <path class="grid" d="M24 ${TOP}h312M24 ${(TOP + BOTTOM) / 2}h312M24 ${BOTTOM}h312" />
    <text x="0" y="${TOP + 4}">${top}</text>
    <text x="0" y="${BOTTOM + 4}">0</text>
    ${bars.map((count, index) => {
      const x = LEFT + index * STEP;
      const hour = new Date((first + index) * HOUR_MS).toISOString().slice(11, 16);
      const mark = index % 6 === 2 && html`<text x="${x}" y="125">${hour}</text>`;
      const y = (BOTTOM - height(count)).toFixed(1);
      return html`${mark}${count > 0 && html`<rect class="bar" x="${x}" y="${y}" width="${BAR}" height="${height(count).toFixed(1)}" rx="2"><title>${hour}: ${count}</title></rect>`}`;
    })}
  </svg>`;
}

/** Of a scale: 2, 5 and 10 with noughts. */
function roundUp(most: number): number {
  for (let unit = 1; ; unit *= 10) {
    for (const step of [2, 5, 10]) if (most <= step * unit) return step * unit;
  }
}
