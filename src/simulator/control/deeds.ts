import type { SimulatorControl } from './control.js';
import type { Deed } from './schedule-spec.js';

/** Does now what was scheduled, as if somebody had called the control API. Throws its ControlErrors. */
export function performDeed(control: SimulatorControl, deed: Deed): void {
  switch (deed.kind) {
    case 'act':
      control.act(deed.orderId, deed.act);
      return;
    case 'new_order':
      control.addOrder(deed.shopId, deed.order);
      return;
    case 'patch_order':
      control.patchOrder(deed.orderId, deed.patch);
      return;
    case 'sku':
      control.patchSku(deed.skuId, deed.patch);
      return;
    case 'product':
      control.patchProduct(deed.productId, deed.patch);
      return;
    case 'product_act':
      control.productAct(deed.productId, deed.act);
      return;
    case 'audit_plan':
      control.planAudit(deed.shopId, deed.plan);
      return;
    case 'warehouse':
      control.patchWarehouse(deed.shopId, deed.warehouseId, deed.patch);
      return;
    case 'carriers':
      control.changeCarriers(deed.shopId, deed.change);
      return;
    case 'rules':
      control.changeRules(deed.change);
      return;
    case 'listing':
      control.patchListing(deed.shopId, deed.patch);
      return;
    case 'clock':
      control.setClock(deed.change);
      return;
    case 'deauthorize':
      control.deauthorize({ openId: deed.openId, appKey: deed.appKey });
      return;
  }
}
