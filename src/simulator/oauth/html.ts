/** Text that is markup already. */
export interface Html {
  html: string;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Value = string | number | Html | readonly Html[];

/** Template tag: everything put in is escaped, unless it is Html (or a list of it) itself. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((part, index) => part + render(values[index] ?? ''));
  return { html: parts.join('') };
}

function render(value: Value): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map((item) => item.html).join('');
}

const style = `
:root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; color: #161823; background: #f1f1f2; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { background: #fff; padding: 2rem 2.5rem; border-radius: 12px; max-width: 34rem; width: calc(100% - 6rem); margin: 1.5rem; box-shadow: 0 2px 12px #0001; }
main:has(table.wide) { max-width: 60rem; }
h1 { font-size: 1.35rem; margin: 0 0 1rem; }
p.note { font-size: .85rem; color: #57585f; border-left: 3px solid #fe2c55; padding-left: .75rem; }
p.error { color: #a3112f; font-weight: 600; }
label { display: block; margin: .75rem 0; }
input, select { font: inherit; display: block; width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid #a1a2a7; border-radius: 6px; margin-top: .25rem; }
button { font: inherit; font-weight: 600; padding: .55rem 1.25rem; border: 0; border-radius: 6px; background: #fe2c55; color: #fff; cursor: pointer; margin: .5rem .5rem 0 0; }
button.quiet { background: #e3e3e5; color: #161823; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; }
code { background: #f1f1f2; padding: .1rem .3rem; border-radius: 4px; overflow-wrap: anywhere; }
code.id { white-space: nowrap; overflow-wrap: normal; }
button.small { font-size: .8rem; padding: .15rem .5rem; margin: 0 0 .2rem; }
`;

export interface Page {
  title: string;
  body: Html;
  /** Origins besides our own to which a form of this page may lead, also by a redirect. */
  formTargets?: readonly string[];
}

export function pageHeaders(page: Page): Record<string, string> {
  const targets = ["'self'", ...(page.formTargets ?? [])].join(' ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'self'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}

export const STYLE_PATH = '/_pages/style.css';
export const styleSheet = style;

export function renderPage(page: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
      </head>
      <body>
        <main>
          <h1>${page.title}</h1>
          ${page.body}
          <p class="note">This is the TikTok Shop simulator. No page, account or shop here is real.</p>
        </main>
      </body>
    </html> `.html;
}
