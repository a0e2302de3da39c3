/** One column of a product feed, as people and machines are told about it. */
export interface SpecificationField {
  /** The name of the column in a feed. */
  name: string;
  label: string;
  /** `required` always, `conditional` by what another column says. */
  need: 'required' | 'conditional' | 'optional';
  /** When a conditional one is needed, in words. */
  condition: string | null;
  type:
    | 'text'
    | 'html'
    | 'number'
    | 'money'
    | 'whole'
    | 'choice'
    | 'choices'
    | 'image'
    | 'file'
    | 'date'
    | 'yes-no';
  group: 'identity' | 'product' | 'attribute' | 'variant' | 'price' | 'packaging' | 'compliance' | 'delivery';
  description: string;
  /** Values that TikTok lists. */
  options: readonly { id: string; name: string }[];
  /** Values beyond the options are taken. */
  isOpen: boolean;
  /** Of a value in this column. */
  limits: { least?: string; most?: string; decimals?: number };
  /** Whether it belongs to the product, or to each SKU of it. */
  scope: 'product' | 'variant';
  /** TikTok's own name or id of it. */
  destination: string;
  /** The other values that make it needed. */
  conditions: readonly { field: string; value: string }[];
}

type Given = Pick<SpecificationField, 'name' | 'type' | 'group' | 'description' | 'destination'> &
  Partial<SpecificationField>;

export function field(given: Given): SpecificationField {
  return {
    label: given.name,
    need: 'optional',
    condition: null,
    options: [],
    isOpen: true,
    limits: {},
    scope: 'product',
    conditions: [],
    ...given,
  };
}
