import { isPublicKey } from '../companies/public-key.js';
import type { SshKeyPair } from '../deliveries/ssh-key-store.js';
import { loadSsh2 } from './ssh2-api.js';

const MOST_MAKINGS = 50;

/** ssh2 now and then writes a key that it cannot read itself: such a one would shut the server for ever. */
export async function makeSshKey(): Promise<SshKeyPair> {
  const { utils } = await loadSsh2();
  for (let tries = 0; tries < MOST_MAKINGS; tries++) {
    const pair = utils.generateKeyPairSync('ed25519');
    const isGood = !(utils.parseKey(pair.private) instanceof Error) && isPublicKey(pair.public);
    if (isGood) return pair;
  }
  throw new Error('No key could be made');
}
