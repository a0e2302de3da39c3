import { createHash } from 'node:crypto';

/**
 * The one style sheet of the pages: tokens first, then rules that use only tokens. All pairs of text and ground keep a contrast of at
 * least 4.5 to 1 in both schemes. Nothing here loads anything.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --xs: .75rem; --s: .8125rem; --m: .875rem; --l: 1rem; --xl: 1.25rem; --xxl: 1.5rem; --huge: 1.875rem;
  --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2rem; --r: .375rem; --r2: .625rem;
  --bg: #f4f6f8; --surface: #fff; --sunken: #edf0f4; --line: #dce1e8; --line2: #8a94a6; --ink: #161d29; --muted: #535d70;
  --accent: #0b5cad; --on-accent: #fff; --accent-soft: #e6f0fa;
  --good: #0e6334; --good-soft: #e2f4e9; --warn: #7f4300; --warn-soft: #fdf0d8; --bad: #a51b1b; --bad-soft: #fce8e8;
  --info: #0b5cad; --info-soft: #e6f0fa; --hold: #5a3aa3; --hold-soft: #efeafb; --idle: #4a5466; --idle-soft: #ebeef2;
}
@media (prefers-color-scheme: dark) { :root {
  --bg: #0f1217; --surface: #171b22; --sunken: #1f252f; --line: #2c333f; --line2: #6a7689; --ink: #e8ebf1; --muted: #a7b1c2;
  --accent: #8cc0ff; --on-accent: #0c1a2b; --accent-soft: #16263a;
  --good: #80d79c; --good-soft: #12301e; --warn: #f2b866; --warn-soft: #35260d; --bad: #ff9d9d; --bad-soft: #3a1818;
  --info: #8cc0ff; --info-soft: #16263a; --hold: #c3aeff; --hold-soft: #271f3f; --idle: #b4bdcd; --idle-soft: #252b36;
} }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--bg); color: var(--ink); font: var(--m)/1.5 system-ui, "Liberation Sans", Arial, sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
h1 { font-size: var(--xxl); line-height: 1.2; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: var(--l); margin: 0; }
h3 { font-size: var(--m); margin: 0; }
p { margin: 0; } p + p, ul + p, p + ul, p + form, form + p, form + form { margin-top: var(--s2); }
ul { padding-left: 1.2rem; margin: 0; }
.muted, .hint { color: var(--muted); } .s, .hint { font-size: var(--s); } .num { font-variant-numeric: tabular-nums; }
.nowrap { white-space: nowrap; } .r { text-align: right; }
.hint { font-weight: 400; margin: .1rem 0 .3rem; max-width: 46rem; }
code, pre, .mono { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .93em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; margin: 0; max-height: 32rem; overflow: auto; background: var(--sunken); padding: var(--s3); border-radius: var(--r); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--surface); padding: .5rem; z-index: 9; }
.away { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
/* frame */
.frame { display: grid; grid-template-columns: 15rem minmax(0, 1fr); min-height: 100vh; }
.side { background: var(--surface); border-right: 1px solid var(--line); padding: var(--s4) var(--s3); }
.brand svg { flex: none; }
.brand { font-weight: 700; padding: 0 var(--s2) var(--s4); display: flex; gap: var(--s2); align-items: center; color: inherit; text-decoration: none; white-space: nowrap; }
nav ul.menu { list-style: none; margin: 0; padding: 0; }
nav .group { font-size: var(--xs); font-weight: 600; color: var(--muted); padding: var(--s3) var(--s2) var(--s1); margin: 0; }
ul.menu a { display: flex; justify-content: space-between; gap: var(--s2); align-items: center; min-height: 2rem; padding: .25rem .5rem; border-radius: var(--r); color: var(--ink); text-decoration: none; }
ul.menu a:hover { background: var(--sunken); }
ul.menu a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.count { font-size: var(--xs); font-weight: 600; border-radius: 1rem; padding: 0 .45rem; background: var(--idle-soft); color: var(--idle); font-variant-numeric: tabular-nums; }
.count.bad { background: var(--bad-soft); color: var(--bad); } .count.warn { background: var(--warn-soft); color: var(--warn); }
.top { display: flex; gap: var(--s4); align-items: center; padding: var(--s3) var(--s5); background: var(--surface); border-bottom: 1px solid var(--line); }
.top form.find { flex: 1; max-width: 38rem; display: flex; gap: var(--s2); margin: 0; }
.top form.find input { width: 100%; min-width: 0; }
.top .who { margin-left: auto; display: flex; gap: var(--s3); align-items: center; white-space: nowrap; }
.top .who form { margin: 0; }
.fold { display: none; }
main { padding: var(--s5); max-width: 88rem; }
.plain main { max-width: 60rem; margin: 0 auto; }
.plain header { padding: var(--s3) var(--s5); background: var(--surface); border-bottom: 1px solid var(--line); }
.plain header .brand { padding: 0; }
.crumbs { font-size: var(--s); margin-bottom: var(--s2); }
.head { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s4); align-items: center; margin-bottom: var(--s4); }
.head .acts { margin-left: auto; }
.acts { display: flex; flex-wrap: wrap; gap: var(--s2); align-items: center; } .acts form { margin: 0; }
.stack > * + * { margin-top: var(--s4); }
/* pieces */
section { background: var(--surface); border: 1px solid var(--line); border-radius: var(--r2); padding: var(--s4); margin: 0 0 var(--s4); min-width: 0; }
section > h2 { margin-bottom: var(--s2); }
section.bare { background: none; border: 0; padding: 0; }
section.card { padding: 0; } .stack > section { margin-bottom: 0; }
.card > header { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s3); align-items: center; padding: var(--s3) var(--s4); border-bottom: 1px solid var(--line); }
.card > header .end { margin-left: auto; }
.card > .body { padding: var(--s3) var(--s4); }
.card > footer { padding: var(--s2) var(--s4); border-top: 1px solid var(--line); font-size: var(--s); color: var(--muted); }
.cols { display: grid; grid-template-columns: minmax(0, 2fr) minmax(17rem, 1fr); gap: var(--s4); align-items: start; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: var(--s3); }
.tile { display: block; background: var(--surface); border: 1px solid var(--line); border-radius: var(--r2); padding: var(--s3) var(--s4); color: inherit; text-decoration: none; }
a.tile:hover { border-color: var(--accent); }
.tile b { display: block; font-size: var(--huge); line-height: 1.15; font-variant-numeric: tabular-nums; font-weight: 650; }
.tile span { color: var(--muted); font-size: var(--s); } .tile.bad b { color: var(--bad); } .tile.warn b { color: var(--warn); }
.pipe { display: flex; flex-wrap: wrap; gap: var(--s2); }
.pipe a { flex: 1 1 7.5rem; border: 1px solid var(--line); border-radius: var(--r); padding: var(--s2) var(--s3); text-decoration: none; color: inherit; }
.pipe b { display: block; font-size: var(--xl); font-variant-numeric: tabular-nums; } .pipe a:hover { border-color: var(--accent); }
button, a.button { font: inherit; font-weight: 600; display: inline-flex; align-items: center; gap: .4rem; min-height: 2.25rem; padding: .3rem .8rem; border-radius: var(--r); border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; white-space: nowrap; }
button:hover, a.button:hover { filter: brightness(1.08); }
button.quiet, a.button.quiet { background: var(--surface); color: var(--ink); border-color: var(--line2); }
button.quiet:hover, a.button.quiet:hover { border-color: var(--accent); filter: none; }
button.danger, a.button.danger { background: var(--surface); color: var(--bad); border-color: var(--bad); }
button.small, a.button.small { min-height: 1.85rem; padding: .1rem .6rem; font-size: var(--s); }
button.link { background: none; border: 0; color: var(--accent); padding: 0; min-height: 1.5rem; text-decoration: underline; font-weight: 400; }
label, legend { display: block; font-weight: 600; } label.inline { display: inline; font-weight: 400; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
input, select, textarea { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line2); border-radius: var(--r); min-height: 2.25rem; padding: .3rem .6rem; max-width: 100%; }
input[type=checkbox], input[type=radio] { min-height: 0; width: 1.1rem; height: 1.1rem; vertical-align: -.2rem; accent-color: var(--accent); }
.field { margin: var(--s3) 0; }
.field input:not([type=checkbox]):not([type=radio]):not([type=number]), .field select, .field textarea { width: 30rem; }
.field .why { color: var(--bad); font-weight: 600; } [aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.row { display: flex; flex-wrap: wrap; gap: var(--s3); align-items: end; } .row > * { min-width: 0; max-width: 100%; } .row form { margin: 0; } .row .field { margin: var(--s1) 0; }
.chip, .badge { display: inline-flex; align-items: center; gap: .35rem; font-size: var(--s); font-weight: 600; border-radius: 1rem; padding: .05rem .55rem; white-space: nowrap; background: var(--idle-soft); color: var(--idle); }
.chip svg { width: .6rem; height: .6rem; fill: currentColor; flex: none; }
.good.chip, .good.badge { background: var(--good-soft); color: var(--good); } .warn.chip, .warn.badge { background: var(--warn-soft); color: var(--warn); }
.bad.chip, .bad.badge { background: var(--bad-soft); color: var(--bad); } .info.chip { background: var(--info-soft); color: var(--info); } .hold.chip { background: var(--hold-soft); color: var(--hold); }
.notice { border: 1px solid var(--line); border-left: .3rem solid var(--info); border-radius: var(--r); background: var(--surface); padding: var(--s3) var(--s4); margin: 0 0 var(--s4); overflow-wrap: anywhere; }
.notice.good { border-left-color: var(--good); } .notice.warn { border-left-color: var(--warn); } .notice.bad { border-left-color: var(--bad); }
.notice .acts { margin-top: var(--s2); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
tbody tr:last-child > * { border-bottom: 0; } th.r, td.r { text-align: right; }
.card th:first-child, .card td:first-child { padding-left: var(--s4); } .card th:last-child, .card td:last-child { padding-right: var(--s4); }
thead th { font-size: var(--xs); color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; } tbody tr:hover { background: color-mix(in srgb, var(--sunken) 55%, transparent); }
td .sub, th .sub { display: block; color: var(--muted); font-size: var(--s); font-weight: 400; }
dl.facts { display: grid; grid-template-columns: minmax(6.5rem, auto) minmax(0, 1fr); gap: .35rem var(--s3); margin: 0; }
dl.facts dt { color: var(--muted); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.tabs { display: flex; gap: var(--s1); border-bottom: 1px solid var(--line); margin-bottom: var(--s4); flex-wrap: wrap; }
.tabs a { padding: .5rem .8rem; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; white-space: nowrap; }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--accent); }
form.filters { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s3); align-items: end; margin: 0 0 var(--s4); }
form.filters label { font-weight: 400; color: var(--muted); font-size: var(--s); }
.pager { display: flex; flex-wrap: wrap; gap: var(--s3); align-items: center; padding: var(--s3) 0; }
ol.time { list-style: none; margin: 0; padding: 0; }
ol.time li { display: grid; grid-template-columns: 7.5rem 1.25rem minmax(0, 1fr); gap: 0 var(--s2); padding-bottom: var(--s3); position: relative; }
ol.time li > .when { color: var(--muted); font-size: var(--s); font-variant-numeric: tabular-nums; text-align: right; grid-column: 1; grid-row: 1; }
ol.time li::before { content: ""; grid-column: 2; grid-row: 1; justify-self: center; width: .65rem; height: .65rem; margin-top: .35rem; border-radius: 50%; background: var(--line2); z-index: 1; }
ol.time li::after { content: ""; position: absolute; left: 8.6rem; top: .9rem; bottom: -.3rem; width: 1px; background: var(--line); }
ol.time li:last-child::after { display: none; } ol.time li > div { grid-column: 3; overflow-wrap: anywhere; }
ol.time li.good::before { background: var(--good); } ol.time li.bad::before { background: var(--bad); } ol.time li.warn::before { background: var(--warn); }
ol.time li.next::before { background: var(--surface); border: 2px solid var(--accent); }
details > summary { cursor: pointer; min-height: 1.75rem; }
ul.gates { list-style: none; margin: 0; padding: 0; }
ul.gates li { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: var(--s3); padding: var(--s2) 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
ul.gates li:first-child { border-top: 0; } ul.gates .chip { align-self: start; justify-self: start; }
svg.chart { width: 100%; height: auto; display: block; } svg.chart .bar { fill: var(--accent); } svg.chart .bad { fill: var(--bad); } svg.chart .grid { stroke: var(--line); } svg.chart text { fill: var(--muted); font-size: 11px; }
meter { width: 100%; height: .7rem; }
ol.steps { list-style: none; padding: 0; margin: 0; } ol.steps > li { border-top: 1px solid var(--line); padding: .9rem 0; }
h2 + ol.steps > li:first-child { border-top: 0; } ol.steps > li > p { margin: .3rem 0; } .mark { color: var(--good); font-weight: 400; }
ol.trail { list-style: none; margin: 0 0 var(--s4); padding: 0; display: flex; flex-wrap: wrap; gap: var(--s1) var(--s3); color: var(--muted); font-size: var(--s); }
ol.trail li[aria-current] { color: var(--ink); font-weight: 700; } ol.trail li.done { color: var(--good); }
.pick { display: grid; gap: var(--s2); margin: var(--s3) 0; }
.pick label { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: var(--s3); align-items: center; border: 1px solid var(--line2); border-radius: var(--r2); padding: var(--s3) var(--s4); cursor: pointer; font-weight: 400; }
.pick label:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.key { font-family: ui-monospace, monospace; font-size: 1.1rem; overflow-wrap: anywhere; user-select: all; }
@media (max-width: 64rem) { .cols { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 48rem) {
  .frame { display: block; } .side { display: none; } .fold { display: block; }
  .fold > summary { display: inline-flex; align-items: center; min-height: 2.25rem; padding: 0 .7rem; border: 1px solid var(--line2); border-radius: var(--r); font-weight: 600; }
  .top { padding: var(--s3) var(--s4); flex-wrap: wrap; gap: var(--s2); } .top form.find { order: 3; flex-basis: 100%; } .top .opt { display: none; } .fold[open] { order: 4; flex-basis: 100%; }
  main { padding: var(--s4); } .head .acts { margin-left: 0; width: 100%; } .tiles { grid-template-columns: 1fr 1fr; } .pipe a { flex-basis: calc(50% - var(--s2)); }
  table.cards thead { position: absolute; left: -999px; }
  table.cards, table.cards tbody, table.cards tr, table.cards td, table.cards tbody th { display: block; }
  table.cards tr { border-bottom: 1px solid var(--line); padding: var(--s3) 0; } table.cards tr:last-child { border: 0; }
  table.cards td, table.cards tbody th { border: 0; padding: .15rem var(--s4); text-align: left; overflow-wrap: anywhere; }
  table.cards td[data-l]::before { content: attr(data-l) ": "; color: var(--muted); font-size: var(--s); }
  ol.time li { grid-template-columns: 1.25rem minmax(0, 1fr); } ol.time li::before { grid-column: 1; } ol.time li > .when { grid-column: 2; text-align: left; } ol.time li > div { grid-column: 2; } ol.time li::after { left: .62rem; }
  table:not(.cards) { table-layout: fixed; } table:not(.cards) td, table:not(.cards) th { overflow-wrap: anywhere; }
  .pick label { grid-template-columns: auto minmax(0, 1fr); } .pick label .chip { grid-column: 2; justify-self: start; } ul.gates li { grid-template-columns: minmax(0, 1fr); gap: var(--s1); }
}
@media print { .side, .top, .acts, .tabs, form.filters { display: none; } .frame { display: block; } }
`;

/** In the sheet's address, so that a browser may keep it for ever, and a new release is seen at once. */
export const styleVersion = createHash('sha256').update(styleSheet).digest('hex').slice(0, 12);

/** A parcel on its way. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="3" fill="#0b5cad"/>
<path d="M3 6h10v7H3zM3 6l2-3h6l2 3M8 3v5" fill="none" stroke="#fff" stroke-width="1.2"/>
</svg>`;
