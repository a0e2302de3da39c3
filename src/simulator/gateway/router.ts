import { refuse } from './api-error.js';
import type { ApiRoute } from './route.js';

export interface Match {
  route: ApiRoute;
  params: Record<string, string>;
}

interface Compiled {
  route: ApiRoute;
  pattern: RegExp;
  names: string[];
}

const hexadecimal = ['manufacturer_id', 'responsible_person_id'];

export type Router = (method: string, path: string) => Match;

/**
 * Finds the row for a call. Throws 36009009 for a path that no row has, 36009014 for a known path in a version that
 * it does not have, 36009010 for a known path and version with another method.
 */
export function createRouter(routes: readonly ApiRoute[]): Router {
  const compiled = routes.map(compile);
  return (method, path) => {
    const sameShape = compiled.flatMap((row) => {
      const found = row.pattern.exec(path);
      return found === null ? [] : [{ route: row.route, params: paramsOf(row.names, found) }];
    });
    if (sameShape.length === 0) throw refuse('unknownPath');
    const sameVersion = sameShape.filter(({ route, params }) =>
      route.versions.includes(params['version'] ?? ''),
    );
    if (sameVersion.length === 0) throw refuse('wrongVersion');
    const match = sameVersion.find(({ route }) => route.method === method);
    if (match === undefined) throw refuse('wrongMethod');
    return match;
  };
}

function compile(route: ApiRoute): Compiled {
  const names: string[] = [];
  const source = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    if (name === 'version') return '(\\d{6})';
    // Ids are digits, which also keeps `orders/split_attributes` apart from `orders/{order_id}`; two kinds are hexadecimal.
    return hexadecimal.includes(name) ? '([0-9a-f]{1,32})' : '(\\d{1,25})';
  });
  return { route, names, pattern: new RegExp(`^${source}$`) };
}

function paramsOf(names: readonly string[], found: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
}
