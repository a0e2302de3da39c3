/** Tables inside Markdown pages that are written from the program: `<!-- table: name -->` to `<!-- end of table -->`. */
const REGION = /<!-- table: ([\w-]+) -->\n[\s\S]*?<!-- end of table -->/g;

/**
 * The page with its tables written again; all other lines stay as they are.
 * @throws Error when a page asks for a table that the program does not have
 */
export function fillTables(page: string, tables: Readonly<Record<string, string>>): string {
  return page.replaceAll(REGION, (_region, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`There is no table ${name}.`);
    // Without these two lines the formatter would pad the columns.
    return [
      `<!-- table: ${name} -->`,
      '<!-- prettier-ignore-start -->',
      '',
      table.trim(),
      '',
      '<!-- prettier-ignore-end -->',
      '<!-- end of table -->',
    ].join('\n');
  });
}

/** Names of the tables that a page shows. */
export function tablesOf(page: string): string[] {
  return [...page.matchAll(REGION)].map(([, name = '']) => name);
}

/** A Markdown table; a cell stays one line and holds any character. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => '---'), ...rows].map((cells) => line(cells)).join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}
