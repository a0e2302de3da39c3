import type { FastifyInstance } from 'fastify';

import { documentedCodes } from './gateway/documented-codes.js';
import { callName } from './gateway/documented-refusal.js';
import { notSimulated, type KnownCall } from './gateway/not-simulated.js';
import { html, pageHeaders, renderPage, type Page } from './oauth/html.js';
import { routingTable } from './routing-table.js';

interface SimulatedCall {
  method: string;
  path: string;
  versions: string[];
  scopes: string[];
  /** How many codes TikTok's documents list for it; 0: they have no list. */
  documentedCodes: number;
}

interface Coverage {
  simulated: SimulatedCall[];
  /** Of TikTok's official SDK (January 2026), by name. */
  notSimulated: KnownCall[];
}

/** Which of TikTok's calls are here, and which are not. */
export function coverage(): Coverage {
  const simulated = routingTable.map((route) => ({
    method: route.method,
    path: route.path,
    versions: [...route.versions],
    scopes: [...route.scopes],
    documentedCodes: documentedCodes[callName(route)]?.length ?? 0,
  }));
  return { simulated, notSimulated: [...notSimulated] };
}

/** `/coverage`: the same for people. */
export function registerCoveragePage(server: FastifyInstance): void {
  server.get('/coverage', (_request, reply) => {
    const page = coveragePage(coverage());
    return reply.headers(pageHeaders(page)).send(renderPage(page));
  });
}

function coveragePage({ simulated, notSimulated: missing }: Coverage): Page {
  const here = simulated.map(
    ({ method, path, versions }) =>
      html`<tr>
        <td>${method}</td>
        <td><code>${path}</code></td>
        <td>${versions.join(', ')}</td>
      </tr>`,
  );
  const absent = missing.map(
    ({ method, path, name }) =>
      html`<tr>
        <td>${method}</td>
        <td><code>${path}</code></td>
        <td>${name}</td>
      </tr>`,
  );
  return {
    title: 'What is simulated',
    body: html`<p>
        ${simulated.length} calls are here. ${missing.length} more of TikTok's are known and answer HTTP 501
        with the header <code>x-simulator: not-simulated</code>, once the call is signed well. Whatever is in
        neither list answers as TikTok answers a path that it does not have.
      </p>
      <h2>Simulated</h2>
      <table class="wide">
        <tr>
          <th>Method</th>
          <th>Path</th>
          <th>Versions</th>
        </tr>
        ${here}
      </table>
      <h2>Not simulated</h2>
      <table class="wide">
        <tr>
          <th>Method</th>
          <th>Path</th>
          <th>Name in TikTok's SDK</th>
        </tr>
        ${absent}
      </table>`,
  };
}
