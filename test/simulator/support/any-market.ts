import { ControlError } from '../../../src/simulator/control/control-error.js';
import type { Simulator } from '../../../src/simulator/server.js';
import { clientFor, type MiniClient } from './mini-client.js';

/** A new seller with one shop in the region. */
export function shopIn(
  simulator: Simulator,
  region: string,
  sellerType: 'LOCAL' | 'CROSS_BORDER' = 'LOCAL',
): MiniClient {
  const { control } = simulator;
  const name = `${region} ${Math.random()}`;
  const email = `${name}@seller.example`;
  const seller = control.addSeller({ name, email, password: 'x', baseRegion: region });
  control.addShop({ name, region, sellerType, openId: seller.openId });
  return clientFor(simulator, name);
}

/** With which status the control refuses it; 200 when it does not. */
export function statusOf(act: () => unknown): unknown {
  try {
    act();
    return 200;
  } catch (error) {
    return error instanceof ControlError ? error.statusCode : error;
  }
}
