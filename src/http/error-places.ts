import { placeOf, type ErrorDetail, type TablePlace } from '../kernel/errors.js';

/** Where a finding is, as answers of the API say it; undefined when it is about the whole. */
export function placeText(detail: ErrorDetail): string | undefined {
  const place = placeOf(detail);
  if (place === null) return undefined;
  if ('field' in place) return place.field;
  if ('row' in place) return withPart(`row ${place.row}`, columnText(place));
  const { segment, name, element } = place;
  return withPart(`segment ${segment} (${name})`, element && `element ${String(element).padStart(2, '0')}`);
}

function columnText({ column, letter }: TablePlace): string | undefined {
  const names = [column, letter && (column ? `(${letter})` : letter)].filter(Boolean).join(' ');
  return names && `column ${names}`;
}

function withPart(whole: string, part: string | number | undefined): string {
  return part ? `${whole}, ${part}` : whole;
}
