import { commandActor, keyActor, type Actor, type KeyActor } from '../../src/companies/actor.js';

/** Who does something where a test does not care. */
export const somebody: Actor = commandActor('tester');

/** An ERP of this company, as the API makes one of its key. */
export function erpOf(companyId: number): KeyActor {
  return keyActor({ companyId, keyId: 'key_test', slot: 'primary' }, '127.0.0.1');
}
