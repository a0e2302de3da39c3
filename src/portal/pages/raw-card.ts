import { isNumberText } from '../../logicbroker/json-reading.js';
import { parseJson, writeJson } from '../../formats/json.js';
import { html, type Html } from '../html.js';
import { card } from '../parts/card.js';

/** Parts that are about a person as a whole. */
const PERSONAL = /address|contact/i;
/** Texts that are numbers, names of goods, times or amounts; any other text may be about a person. */
const IMPERSONAL =
  /^(?!Tax|Fax|Phone).*(SKU|Key|Id|Number|Date|PO|Currency|Price|Cost|MSRP|Amount|Quantity|Rate|Code|UOM|Type|Total|Qty|Name|Method|Terms)$/;
const HIDDEN = 'hidden';

/** The document as the API sends it, without the buyer until somebody has asked for him. */
export function rawCard({ document, isUnmasked }: { document: { body: string }; isUnmasked: boolean }): Html {
  const content = parseJson(document.body);
  const text = indented(isUnmasked ? content : masked(content));
  return card({
    id: 'raw',
    title: 'As the API has it',
    end: isUnmasked ? '' : 'the buyer is hidden',
    body: html`<details>
      <summary>JSON</summary>
      <pre tabindex="0" aria-label="JSON of the document">${text}</pre>
    </details>`,
  });
}

function masked(value: unknown, name = ''): unknown {
  if (PERSONAL.test(name)) return HIDDEN;
  if (Array.isArray(value)) return value.map((each) => masked(each, name));
  if (typeof value === 'string') return value === '' || IMPERSONAL.test(name) ? value : HIDDEN;
  if (typeof value !== 'object' || value === null || isNumberText(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([each, member]) => [each, masked(member, each)]));
}

/** Every number in its own digits, which JSON.stringify would lose. */
function indented(value: unknown, indent = ''): string {
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((each) => `${indent}  ${indented(each, `${indent}  `)}`).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberText(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length === 0) return '{}';
    const lines = members.map(
      ([name, member]) => `${indent}  ${JSON.stringify(name)}: ${indented(member, `${indent}  `)}`,
    );
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return writeJson(value);
}
