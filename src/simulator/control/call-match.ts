import { Type, type Static } from 'typebox';

import { shopByCipher, type World } from '../state/world.js';

/** Which calls are meant. */
export const CallMatch = Type.Object(
  {
    method: Type.Optional(Type.String({ description: 'HTTP method' })),
    path: Type.Optional(
      Type.String({
        description: 'Start of the path, or a pattern in which `*` stands for anything',
        examples: ['/order/'],
      }),
    ),
    shop: Type.Optional(Type.String({ description: 'Shop id' })),
  },
  { additionalProperties: false },
);
export type CallMatch = Static<typeof CallMatch>;

/** A call as it came in. */
export interface CallTarget {
  method: string;
  path: string;
  query: ReadonlyMap<string, string>;
}

export function isMeant(world: World, match: CallMatch, target: CallTarget): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== target.method) return false;
  if (match.path !== undefined && !matchesPath(match.path, target.path)) return false;
  return match.shop === undefined || match.shop === shopIdOf(world, target);
}

/** `*` stands for any text. Each part is looked for once, behind the one before it: no pattern has to try again. */
function matchesPath(pattern: string, path: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (!path.startsWith(first)) return false;
  if (last === undefined) return true;
  let at = first.length;
  for (const part of parts) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}

function shopIdOf(world: World, { query }: CallTarget): string | undefined {
  return shopByCipher(world, query.get('app_key') ?? '', query.get('shop_cipher') ?? '')?.id;
}
