import type { Content } from '../state/content.js';
import type { World } from '../state/world.js';

/** Gives ids to what is new in a version: SKUs, attributes and values of the seller's own. One name gets one id. */
export function assignIds(world: World, content: Content): Content {
  const made = new Map<string, string>();
  const idOf = (kind: 'attribute' | 'attribute_value', id: string, name: string): string => {
    if (id !== '') return id;
    const key = `${kind} ${name}`;
    const known = made.get(key) ?? world.ids.next(kind);
    made.set(key, known);
    return known;
  };
  return {
    ...content,
    attributes: content.attributes.map((attribute) => ({
      ...attribute,
      values: attribute.values.map(({ id, name }) => ({
        id: idOf('attribute_value', id, `${attribute.id} ${name}`),
        name,
      })),
    })),
    skus: content.skus.map((sku) => ({
      ...sku,
      id: sku.id === '' ? world.ids.next('sku') : sku.id,
      salesAttributes: sku.salesAttributes.map((given) => ({
        ...given,
        id: idOf('attribute', given.id, given.name),
        valueId: idOf('attribute_value', given.valueId, `${given.name} ${given.valueName}`),
      })),
    })),
  };
}
