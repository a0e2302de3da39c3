import { createHmac } from 'node:crypto';

import { settleDue } from '../state/settle-due.js';
import type { StateKeeper } from '../state/state-file.js';
import type { Push } from '../state/webhook-book.js';
import type { World } from '../state/world.js';

/** TikTok: an answer must come within 3 seconds, 200, or 401 for a signature that does not fit. */
const ANSWER_MS = 3000;
const LOOK_MS = 250;
const AT_ONCE = 8;

export interface Courier {
  /** Sends what is due by now, and resolves when nothing due is under way any more. */
  deliver(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sends events to apps when the simulator's clock says so. An event leaves when the change that it tells of is in the state
 * file, so that no receiver hears of what a restart takes back.
 */
export function openCourier(state: StateKeeper, closing: AbortSignal): Courier {
  let turn: Promise<void> = Promise.resolve();
  let watched: World | undefined;
  let isAsked = false;
  const deliver = (): Promise<void> => {
    turn = turn.then(() => sendDue(state, closing)).catch(() => undefined);
    return turn;
  };
  const soon = (): void => {
    if (isAsked || closing.aborted) return;
    isAsked = true;
    setImmediate(() => {
      isAsked = false;
      void deliver();
    });
  };
  const look = (): void => {
    const world = state.world();
    // A reset or a restored state brings another world.
    if (watched !== world) world.webhooks.wake = soon;
    watched = world;
    if (world.webhooks.addresses.length === 0) return;
    settleDue(world);
    if (dueOf(world).length > 0) soon();
  };
  look();
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    deliver: () => {
      look();
      return deliver();
    },
    close: async () => {
      clearInterval(timer);
      await turn;
    },
  };
}

function dueOf(world: World): Push[] {
  const nowSec = world.clock.nowSec();
  return world.webhooks.pushes.filter((push) => push.state === 'waiting' && push.dueSec <= nowSec);
}

async function sendDue(state: StateKeeper, closing: AbortSignal): Promise<void> {
  for (;;) {
    const world = state.world();
    const due = dueOf(world).slice(0, AT_ONCE);
    if (due.length === 0 || closing.aborted) return;
    await state.flush();
    await Promise.all(due.map((push) => send(world, push, closing)));
    world.changed();
  }
}

async function send(world: World, push: Push, closing: AbortSignal): Promise<void> {
  const app = world.apps.get(push.appKey);
  const secret = push.forged ? 'not the secret of the app' : (app?.appSecret ?? '');
  const authorization = createHmac('sha256', secret).update(push.appKey).update(push.body).digest('hex');
  const attempt = { atSec: world.clock.nowSec(), status: 0, error: '' };
  try {
    const answer = await fetch(push.address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: push.body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), closing]),
    });
    attempt.status = answer.status;
    await answer.body?.cancel();
  } catch (error) {
    attempt.error = error instanceof Error ? error.message : 'no answer';
  }
  push.attempts.push(attempt);
  note(world, push, attempt.status);
}

function note(world: World, push: Push, status: number): void {
  if (status === 200) push.state = 'delivered';
  else if (status === 401) push.state = 'refused';
  else {
    const waitSec = world.behaviour.webhookRetriesSec[push.attempts.length - 1];
    if (waitSec === undefined) push.state = 'given_up';
    else push.dueSec = world.clock.nowSec() + waitSec;
  }
}
