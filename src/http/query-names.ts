/** `Filters.status`, `filter.status`, `Filters[status]`, `filters_status`, `filters:status`. */
const FILTER_PREFIX = /^filters?(?:[._:-]|\[)/i;
const BETWEEN_WORDS = /[._\-\s[\]]/g;
/** By which clients call what the contract calls otherwise. */
const synonyms: Readonly<Record<string, string>> = {
  subscriptionkey: 'subscription-key',
  statuscode: 'status',
  statusid: 'status',
  linkedkey: 'linkkey',
  ponumber: 'partnerpo',
  merchantpo: 'partnerpo',
  perpage: 'pagesize',
  fromdate: 'from',
  datefrom: 'from',
  startdate: 'from',
  todate: 'to',
  dateto: 'to',
  enddate: 'to',
};
const US_DATE = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/;

/** Spellings of the caller, for error messages; a symbol, so that validation does not see them. */
const spellings = Symbol('spellings');

export type Query = Record<string, string | string[]> & { [spellings]?: Map<string, string> };

/**
 * Query names are good in any case, with or without blanks, underscores and the like between words, and the filters' prefix
 * (`Filters.`, `filter.`, `Filters[...]`, `filters_`) may be left out: Logicbroker's clients, and the libraries they are made
 * with, use all of these. Blank values count as not given. A name that comes twice keeps both values,
 * so that validation refuses it by name. A search window may be written in American order (`01-31-2026`), which
 * Logicbroker's servers read.
 */
export function parseQuery(text: string): Query {
  const query: Query = Object.create(null) as Query;
  const asWritten = new Map<string, string>();
  for (const [spelling, written] of new URLSearchParams(text)) {
    if (written === '') continue;
    const name = nameIn(spelling);
    const value = name === 'from' || name === 'to' ? written.replace(US_DATE, isoDate) : written;
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else query[name] = [before, value];
    if (!asWritten.has(name)) asWritten.set(name, spelling);
  }
  Object.defineProperty(query, spellings, { value: asWritten, enumerable: false });
  return query;
}

function nameIn(spelling: string): string {
  const name = spelling.toLowerCase().replace(FILTER_PREFIX, '').replaceAll(BETWEEN_WORDS, '');
  return synonyms[name] ?? name;
}

function isoDate(_: string, month: string, _separator: string, day: string, year: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The caller's own spelling of a query name. */
export function spellingOf(query: unknown, name: string): string {
  return (query as Query)[spellings]?.get(name) ?? name;
}

/** Hook for queries with flags: clients written in .NET say `True`. */
export function lowerCaseFlags(...names: string[]) {
  return function lowerFlags(request: { query: unknown }, _reply: unknown, done: () => void): void {
    const query = request.query as Record<string, unknown>;
    for (const name of names) {
      const value = query[name];
      if (typeof value === 'string') query[name] = value.toLowerCase();
    }
    done();
  };
}

/** jQuery's way to pass by a cache: `_=1764500000000`. */
const NO_CACHE = /^_\d*$/;

/** Names in a query that the call does not know, as the caller has spelt them. The API key is always known. */
export function unknownNames(query: unknown, known: Pick<ReadonlySet<string>, 'has'>): string[] {
  const asWritten = (query as Query)[spellings] ?? new Map<string, string>();
  return [...asWritten]
    .filter(([name, spelling]) => name !== 'subscription-key' && !known.has(name) && !NO_CACHE.test(spelling))
    .map(([, spelling]) => spelling.slice(0, LONGEST_SHOWN));
}

const LONGEST_SHOWN = 60;
