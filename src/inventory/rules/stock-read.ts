/** What TikTok shows of a SKU's stock, and when it was read. */
export interface StockRead {
  at: Date;
  /** Committed pieces are ordered and not on their way; null where the source does not tell them. */
  warehouses: { id: string; available: number; committed: number | null }[];
}
