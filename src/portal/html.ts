const MARKUP = Symbol('markup');

/** Markup that may be sent as it is. Only `html` makes it, so a text from outside can never pass for it. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What can be put into a template: texts are escaped, null, undefined and false leave nothing. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag. Attribute values have to be quoted in the template: then escaping is right in every place. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = strings.map((part, index) => part + render(values[index]));
  return { [MARKUP]: parts.join('') };
}

export function htmlText(markup: Html): string {
  return markup[MARKUP];
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string')
    return value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
  if (typeof value === 'number') return String(value);
  if (isList(value)) return value.map((entry) => render(entry)).join('');
  return value[MARKUP];
}

function isList(value: HtmlValue): value is readonly HtmlValue[] {
  return Array.isArray(value);
}
