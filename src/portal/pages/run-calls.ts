import type { CallSummary } from '../../kernel/call-log.js';
import { html, type Html } from '../html.js';
import { card } from '../parts/card.js';
import { dataTable } from '../parts/data-table.js';
import { exact } from '../parts/times.js';

/** What a run has asked of TikTok: by endpoint with the slowest call, and the last calls that failed. */
export function runCalls(calls: CallSummary | null): Html | null {
  if (!calls) return null;
  const { endpoints, failures } = calls;
  const total = endpoints.reduce((sum, line) => sum + line.calls, 0);
  return html`${card({
    id: 'endpoints',
    title: 'Calls to TikTok',
    end: `${total} in all`,
    isFull: true,
    body: dataTable({
      caption: 'Calls to TikTok by endpoint',
      rows: endpoints.toSorted((a, b) => b.totalMs - a.totalMs),
      empty: 'It made none.',
      columns: [
        { title: 'Endpoint', cell: ({ endpoint }) => html`<code>${endpoint}</code>` },
        { title: 'Calls', isNumber: true, cell: (line) => line.calls },
        { title: 'Failed', isNumber: true, cell: ({ failed }) => failed },
        {
          title: 'On average',
          isNumber: true,
          cell: (line) => `${Math.round(line.totalMs / Math.max(1, line.calls))} ms`,
        },
        {
          title: 'The slowest',
          isNumber: true,
          cell: ({ slowestMs, slowestRequestId }) =>
            html`${slowestMs}
            ms${slowestRequestId && html`<span class="sub">request <code>${slowestRequestId}</code></span>`}`,
        },
      ],
    }),
  })}
  ${
    failures.length > 0 &&
    card({
      id: 'failures',
      title: 'The last calls that failed',
      isFull: true,
      body: dataTable({
        caption: 'The last calls that failed',
        rows: failures.toReversed(),
        empty: '',
        columns: [
          { title: 'When', cell: ({ at }) => exact(new Date(at)) },
          { title: 'Endpoint', cell: ({ endpoint }) => html`<code>${endpoint}</code>` },
          { title: 'TikTok’s code', cell: ({ code }) => code ?? 'no answer' },
          { title: 'Took', isNumber: true, cell: ({ ms }) => `${ms} ms` },
          { title: 'Request id', cell: ({ requestId }) => requestId && html`<code>${requestId}</code>` },
        ],
      }),
    })
  }`;
}
