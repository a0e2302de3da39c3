import type { XmlHandlers } from './xml-reader.js';

/** How a workbook shows its numbers, by the style of the cell. */
export interface NumberStyles {
  /** Whether numbers of this style are dates. */
  isDate(style: number): boolean;
  /** What a sheet shows for a number; null where that cannot be told. */
  shown(style: number, value: number, text: string): string | null;
  /** The workbook counts days from 1904 on. */
  from1904: boolean;
}

const GENERAL = 'General';
/** ECMA-376, 18.8.30: formats that every workbook has without saying so. */
const BUILT_IN: Record<number, string> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  12: '# ?/?',
  13: '# ??/??',
  37: '#,##0',
  38: '#,##0',
  39: '#,##0.00',
  40: '#,##0.00',
};
const BUILT_IN_DATES = [
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47, 50, 51, 52, 53, 54,
  55, 56, 57, 58,
];
const MOST_STYLES = 100_000;
const LONGEST_FORMAT = 255;

interface StylesReader {
  handlers: XmlHandlers;
  styles(from1904: boolean): NumberStyles;
}

/** Reads xl/styles.xml. Without one no number has a style. */
export function createStylesReader(): StylesReader {
  const formats = new Map<number, string>();
  const cells: number[] = [];
  let isOfCells = false;
  return {
    handlers: {
      opened(name, attributes) {
        if (name === 'cellXfs') isOfCells = true;
        if (name === 'numFmt')
          formats.set(
            Number(attributes['numFmtId']),
            (attributes['formatCode'] ?? GENERAL).slice(0, LONGEST_FORMAT),
          );
        if (name === 'xf' && isOfCells && cells.length < MOST_STYLES)
          cells.push(Number(attributes['numFmtId'] ?? 0));
      },
      closed(name) {
        if (name === 'cellXfs') isOfCells = false;
      },
    },
    styles(from1904) {
      const codes = cells.map(
        (id) => formats.get(id) ?? BUILT_IN[id] ?? (BUILT_IN_DATES.includes(id) ? 'd' : GENERAL),
      );
      const plain = codes.map((code) => withoutTexts(code));
      return {
        from1904,
        isDate: (style) => /[ymdhs]/i.test(plain[style] ?? ''),
        shown: (style, value, text) => shownAs(plain[style] ?? '', codes[style] ?? GENERAL, { value, text }),
      };
    },
  };
}

/** The first section of a format, without colours, conditions and blanks of a certain width. */
function withoutTexts(code: string): string {
  const [section = ''] = code.split(';');
  return /^general$/i.test(code.trim())
    ? ''
    : section.replaceAll(/\[[^\][]*\]|_.|\*.|"[^"]*"|\\./g, '').trim();
}

function shownAs(
  plain: string,
  code: string,
  { value, text }: { value: number; text: string },
): string | null {
  if (plain === '' || plain === '@' || /^#$/.test(plain) || /E\+/i.test(plain))
    return /["\\]/.test(code) ? null : text;
  if (/["\\]/.test(code.split(';')[0] ?? '')) return null;
  if (/^0+$/.test(plain)) return Number.isInteger(value) ? text.padStart(plain.length, '0') : null;
  const decimals = /^[#,]*0(?:\.(0+))?$/.exec(plain);
  return decimals ? value.toFixed(decimals[1]?.length ?? 0) : null;
}
