/** What one warehouse has, as it is kept. The code is null for the default warehouse. */
export interface WarehouseStock {
  code: string | null;
  quantity: number;
  /** Number and first byte (ISO 8601) of the file that said it; see wanted-cells.ts. A row of a file has neither yet. */
  n?: number;
  at?: string;
  nextAvailableQuantity?: number;
  /** ISO 8601 in UTC. */
  nextAvailableDate?: string;
}

/** An item as lists and look-ups show it. */
export interface InventoryItem {
  connectionId: number;
  companyId: number;
  partnerId: number;
  skuKey: string;
  supplierSku: string;
  merchantSku: string | null;
  quantity: number | null;
  /** A plain decimal. */
  cost: string | null;
  warehouse: string | null;
  /** All warehouses, where there are several or more is known of one. */
  warehouses: WarehouseStock[] | null;
  /** The other standard columns, by name. */
  details: Record<string, string> | null;
  updatedAt: Date;
}
