/** What a check has found about a product or one SKU of it. */
export interface ProductFinding {
  /** `error`: the product is not sent. `warning`: it is, and this is worth a look. */
  level: 'error' | 'warning';
  /** Name of the rule, by which findings are grouped. */
  rule: string;
  /** Column; null for the product as a whole. */
  field: string | null;
  /** Row of the newest feed that named the product; null where it came otherwise. */
  row: number | null;
  /** Null for all SKUs. */
  sku: string | null;
  value: string | null;
  /** Says TikTok's rule. */
  message: string;
  /** What TikTok answers to it; null where none is documented. */
  code: string | null;
  /** The nearest value that TikTok takes; null where there is none to propose. */
  nearest: string | null;
  next: string;
}
