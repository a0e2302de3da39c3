/** A documented field: its type, or the fields inside. */
export type Shape = 's' | 'i' | 'b' | { list: Shape } | { fields: Record<string, Shape> };

/** Reads the notation of documented-shapes.ts. */
export function parseShape(text: string): Shape {
  const tokens = text.match(/[{}[\],:]|\w+/g) ?? [];
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`bad notation at token ${at}: ${token ?? 'end'}, expected ${expected ?? 'more'}`);
    }
    return token;
  };
  const read = (): Shape => {
    const token = take();
    if (token === 's' || token === 'i' || token === 'b') return token;
    if (token === '[') {
      const list = read();
      take(']');
      return { list };
    }
    const fields: Record<string, Shape> = {};
    while (tokens[at] !== '}') {
      const name = take();
      take(':');
      fields[name] = read();
      if (tokens[at] === ',') take(',');
    }
    take('}');
    return { fields };
  };
  return read();
}

/** Everything in the value that the shape does not have, or has with another type: empty when it conforms. */
export function violations(shape: Shape, value: unknown, path = 'data'): string[] {
  if (shape === 's') return typeof value === 'string' ? [] : [`${path} is no string`];
  if (shape === 'i') return Number.isSafeInteger(value) ? [] : [`${path} is no integer`];
  if (shape === 'b') return typeof value === 'boolean' ? [] : [`${path} is no boolean`];
  if ('list' in shape) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item) => violations(shape.list, item, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  return Object.entries(value).flatMap(([name, inner]) => {
    const documented = shape.fields[name];
    return documented === undefined
      ? [`${path}.${name} is not documented`]
      : violations(documented, inner, `${path}.${name}`);
  });
}

/** Paths of all documented fields that none of the values has. */
export function neverSeen(shape: Shape, values: readonly unknown[], path = 'data'): string[] {
  if (typeof shape === 'string') return [];
  if ('list' in shape) {
    return neverSeen(
      shape.list,
      values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [])),
      `${path}[]`,
    );
  }
  const objects = values.filter((value) => typeof value === 'object' && value !== null);
  return Object.entries(shape.fields).flatMap(([name, inner]) => {
    const found = objects.flatMap((object) => (name in object ? [Reflect.get(object, name) as unknown] : []));
    return found.length === 0 ? [`${path}.${name}`] : neverSeen(inner, found, `${path}.${name}`);
  });
}
