import type { EffectDefinition } from '../../../src/sync/effects/outbox.js';
import type { ShopApi } from '../../../src/tiktok/shop-api.js';

/** A mistake that the product does not have: the driver puts it around the product's parts, and the judge has to find it. */
export interface Planted {
  name: string;
  /** What goes wrong with it. */
  about: string;
  /** Calls of TikTok's that are made wrongly, or whose answers are read wrongly. */
  api?: (api: ShopApi) => Partial<ShopApi>;
  /** Parts of an effect that are written wrongly. */
  effect?: (effect: EffectDefinition) => Partial<EffectDefinition>;
}
