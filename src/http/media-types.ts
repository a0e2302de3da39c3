/** Media types in `Accept` that JSON satisfies. */
export const jsonMediaType = /^(application|text)\/(json|\*)$|^\*\/\*$|^application\/[\w.-]+\+json$/;

/** What an `Accept` names, with its weight from 0 to 1; what has none is not wanted. */
export function weightedTypes(accept: string): { type: string; weight: number }[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';');
    const said = parameters.map((each) => /^\s*q=([\d.]{1,6})\s*$/i.exec(each)?.[1]).find(Boolean);
    const weight = said === undefined ? 1 : Number(said);
    return { type: type.trim().toLowerCase(), weight: Number.isNaN(weight) ? 1 : Math.min(weight, 1) };
  });
}
