import { text, type JsonObject } from '../../logicbroker/json-reading.js';
import { exact, pieces, type DraftLine } from './draft.js';
import { stateCode } from './states.js';

const LONGEST_ADDRESS_LINE = 55;
const LINES_OF_ADDRESS = 2;

/** Who and where (N1 to PER); nothing for an address in which nothing stands. A state without two letters is written by name. */
export function partyLines(code: string, address: JsonObject): DraftLine[] {
  const field = (name: string): string | null => text(address[name]);
  const person = [field('FirstName'), field('LastName')].filter((name) => name !== null).join(' ');
  const company = field('CompanyName');
  const street = [field('Address1'), field('Address2')].flatMap((line) =>
    line === null ? [] : pieces(line.replaceAll(/\s/g, ' '), LONGEST_ADDRESS_LINE),
  );
  const place = cityLine(field);
  const phone = field('Phone');
  const mail = field('Email');
  const name = person || company;
  if (name === null && street.length === 0 && place === null) return [];
  const addressCode = exact(address['AddressCode']);
  return [
    ['N1', code, name ?? '', ...(addressCode ? ['92', addressCode] : [])],
    ...(company !== null && person !== '' ? [['N2', company] as const] : []),
    ...Array.from({ length: LINES_OF_ADDRESS }, (_, index): DraftLine => {
      return ['N3', street[index * 2], street[index * 2 + 1]];
    }).filter(([, first]) => first),
    ...(place ? [place] : []),
    ...(phone !== null || mail !== null
      ? [['PER', 'IC', null, phone && 'TE', phone, mail && 'EM', mail] as const].map((line): DraftLine =>
          phone === null ? ['PER', 'IC', null, 'EM', mail] : line,
        )
      : []),
  ];
}

function cityLine(field: (name: string) => string | null): DraftLine | null {
  const state = field('State');
  const letters = state === null ? null : stateCode(state);
  const zip = field('Zip');
  const country = field('CountryCode') ?? field('Country');
  if ([field('City'), state, zip, country].every((one) => one === null)) return null;
  const short = country !== null && /^[A-Za-z]{2,3}$/.test(country) ? country.toUpperCase() : null;
  const named = state !== null && letters === null ? (['SP', state] as const) : [];
  return ['N4', field('City'), letters, zip, short, ...named];
}
