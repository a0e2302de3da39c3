import type { HttpDoor } from '../../../src/outbound/http-door.js';
import type { Database } from '../../../src/store/database.js';
import type { Product } from '../product.js';

/** A mistake that the product does not have: the driver puts it around the product's parts, and the judge has to find it. */
export interface Planted {
  name: string;
  /** What goes wrong with it, in a sentence. */
  about: string;
  door?: (door: HttpDoor) => HttpDoor;
  db?: (db: Database) => Database;
  deps?: (deps: Product['deps']) => Product['deps'];
  product?: (product: Product, db: Database) => Product;
}
