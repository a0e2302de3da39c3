import type { DocumentKind } from '../../documents/document-kind.js';
import type { DocumentHead } from '../../documents/document.js';
import { statusName } from '../../logicbroker/statuses.js';
import { html, type Html } from '../html.js';
import { kindPaths } from '../kind-paths.js';
import { csrfField } from '../layout.js';

/** Statuses to which a person may move a document now; what is reached by doing something has a button of its own. */
function movesOf({ byHand, type }: DocumentKind, document: DocumentHead): { code: number; name: string }[] {
  const reachable = Object.entries(byHand.moves).filter(([, sources]) =>
    sources.includes(document.statusCode),
  );
  const codes = [
    ...reachable.map(([code]) => Number(code)),
    ...Object.keys(byHand.perform ?? {}).map(Number),
  ];
  return [...new Set(codes)]
    .filter((code) => code !== document.statusCode && !byHand.forbids?.(document, code))
    .map((code) => ({ code, name: statusName(type, code) }));
}

/** Sets a status by hand, where there is one to set. */
export function statusForm(
  session: { csrfToken: string },
  kind: DocumentKind,
  document: DocumentHead,
): Html | null {
  const moves = movesOf(kind, document);
  if (moves.length === 0) return null;
  return html`<form method="post" action="${kindPaths[kind.type]}/${document.key}/status" class="row">
    ${csrfField(session)}
    <select name="to" aria-label="New status">
      ${moves.map(({ code, name }) => html`<option value="${code}">${name} ${code}</option>`)}
    </select>
    <button class="quiet">Set status</button>
  </form>`;
}
