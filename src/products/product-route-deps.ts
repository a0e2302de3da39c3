import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import type { ProductsDeps } from './products-deps.js';

/** Has the flow that sends products run soon, in the name of who has asked. */
export type AskedForProducts = (connection: Connection, by: Actor) => Promise<void>;

export interface ProductRouteDeps {
  products: ProductsDeps;
  /** Checks the products of the connection that have changed since they were checked. */
  checkProducts: (connection: Connection) => Promise<void>;
  /** After somebody has asked for products to be sent. */
  asked?: AskedForProducts;
}
