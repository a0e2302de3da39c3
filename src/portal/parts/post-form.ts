import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';

/** A button that posts. */
export function postForm(
  session: { csrfToken: string },
  action: string,
  label: string,
  look = 'quiet',
): Html {
  return html`<form method="post" action="${action}">
    ${csrfField(session)}<button class="${look}">${label}</button>
  </form>`;
}
