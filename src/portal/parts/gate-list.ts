import { HELP_PATH } from '../../kernel/help.js';
import type { GateResult } from '../../kernel/gate.js';
import { html, type Html } from '../html.js';
import { chip } from './chip.js';
import { showTime } from './times.js';

const looks = { pass: ['good', 'pass'], wait: ['hold', 'waits'], refuse: ['bad', 'refused'] } as const;

/** Rules with their outcome: those that hold something back first, those that let it pass behind a fold. */
export function gateList(gates: readonly GateResult[], noun = 'rules'): Html {
  const obstacles = gates.filter(({ outcome }) => outcome !== 'pass');
  const passed = gates.filter(({ outcome }) => outcome === 'pass');
  return html`${
    obstacles.length > 0 &&
    html`<ul class="gates">
      ${obstacles.map(gateLine)}
    </ul>`
  }
  ${
    passed.length > 0 &&
    html`<details>
      <summary>${passed.length} ${noun} of ${gates.length} pass</summary>
      <ul class="gates">
        ${passed.map(gateLine)}
      </ul>
    </details>`
  }`;
}

function gateLine(gate: GateResult): Html {
  const [look, word] = looks[gate.outcome];
  return html`<li>
    ${chip(look, word)}
    <div>
      <b>${gate.reason}</b><br /><span class="muted"
        >${gate.rule} <a href="${HELP_PATH}#${gate.gate}">${gate.gate}</a></span
      >
      ${gate.outcome === 'wait' && gate.until && html`<br />Until ${showTime(gate.until)}.`}
      ${gate.outcome !== 'pass' && html`<br />Next: ${gate.next}`}
    </div>
  </li>`;
}
