import type { Connection } from '../connections/connection.js';
import type { ProductsDeps } from './products-deps.js';

export interface ProductRouteDeps {
  products: ProductsDeps;
  /** Checks the products of the connection that have changed since they were checked. */
  checkProducts: (connection: Connection) => Promise<void>;
  /** After somebody has asked for products to be sent. */
  asked?: (connection: Connection) => Promise<void>;
}
