/** The one style sheet of the pages. Colours keep a contrast of at least 4.5 to 1 in both schemes. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ink: #1d2430; --muted: #55607a; --paper: #f6f7f9; --card: #ffffff; --line: #d5dae3;
  --accent: #0b5cad; --on-accent: #ffffff; --good: #136c34; --warn: #8a4b00; --bad: #a81c1c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e9f0; --muted: #a9b2c6; --paper: #14171d; --card: #1d222b; --line: #39414f;
    --accent: #8cc0ff; --on-accent: #0c1a2b; --good: #7fd69b; --warn: #f2b866; --bad: #ff9c9c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Liberation Sans", Arial, sans-serif;
}
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px;
}
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; }
header.site { background: var(--card); border-bottom: 1px solid var(--line); }
header.site > div, main { max-width: 60rem; margin: 0 auto; padding: .75rem 1rem; }
header.site > div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
header.site strong { margin-right: auto; }
header.site form { display: inline; }
h1 { font-size: 1.6rem; margin: 1rem 0 .5rem; }
h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
section, .notice { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
.notice { border-left-width: .4rem; }
.notice.good { border-left-color: var(--good); }
.notice.warn { border-left-color: var(--warn); }
.notice.bad { border-left-color: var(--bad); }
.notice p { margin: 0; }
.muted { color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td code, p code { overflow-wrap: anywhere; }
label { display: block; font-weight: 600; }
label.inline { display: inline; font-weight: 400; }
input, select, textarea {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--muted);
  border-radius: .3rem; padding: .4rem .5rem; max-width: 100%;
}
input[type=text], input[type=url], input[type=password], input[type=number], select, textarea { width: 30rem; }
.field { margin: .6rem 0; }
.hint { font-weight: 400; color: var(--muted); font-size: .9rem; margin: .1rem 0 .3rem; }
button, a.button {
  display: inline-block; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer;
  background: var(--accent); color: var(--on-accent); border: 1px solid var(--accent);
  border-radius: .3rem; padding: .4rem .9rem; white-space: nowrap;
}
button.quiet, a.button.quiet { background: transparent; color: var(--accent); }
button.danger { background: transparent; color: var(--bad); border-color: var(--bad); }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; }
.badge { border: 1px solid currentColor; border-radius: 1rem; padding: .05rem .6rem; font-size: .85rem; white-space: nowrap; }
.badge.good { color: var(--good); } .badge.warn { color: var(--warn); } .badge.bad { color: var(--bad); }
ol.steps { list-style: none; padding: 0; margin: 0; }
ol.steps > li { border-top: 1px solid var(--line); padding: .9rem 0; }
h2 + ol.steps > li:first-child { border-top: 0; }
ol.steps > li > p { margin: .3rem 0; }
ol.steps h3 { font-size: 1rem; margin: 0 0 .3rem; }
.mark { color: var(--good); font-weight: 400; }
.key { font-family: ui-monospace, monospace; font-size: 1.1rem; overflow-wrap: anywhere; user-select: all; }
`;

/** A parcel on its way. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="3" fill="#0b5cad"/>
<path d="M3 6h10v7H3zM3 6l2-3h6l2 3M8 3v5" fill="none" stroke="#fff" stroke-width="1.2"/>
</svg>`;
