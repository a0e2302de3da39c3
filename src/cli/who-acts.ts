import { userInfo } from 'node:os';
import { commandActor, type Actor } from '../companies/actor.js';

/** Whoever has started this command on this machine; containers run as numbers that have no name. */
export function whoActs(): Actor {
  try {
    return commandActor(userInfo().username);
  } catch {
    return commandActor(process.getuid?.().toString() ?? null);
  }
}
