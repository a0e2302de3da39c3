import { ApiError, refuse } from '../gateway/api-error.js';
import type { IncomingCall } from '../gateway/check-request.js';
import { refusal, type Answer } from '../gateway/envelope.js';
import type { AnswerTwists } from '../gateway/route.js';
import type { World } from '../state/world.js';
import { performAct } from './acts.js';
import { addUnknownFields, idsAsNumbers, replaceEnum, shuffleRows } from './answer-benders.js';
import { isMeant, type CallTarget } from './call-match.js';
import { ControlError } from './control-error.js';
import type { FaultSpec } from './fault-spec.js';

export interface ActiveFault {
  id: number;
  spec: FaultSpec;
  /** Matching calls seen, and how often the fault struck. */
  seen: number;
  struck: number;
}

/** What the gateway has to do differently in one call. */
export interface FaultPlan {
  names: string[];
  delayMs: number;
  /** Resolve when the call may go on. */
  holds: Promise<void>[];
  instead?: 'drop' | ((requestId: string) => Answer);
  before: (call: IncomingCall) => void;
  after: () => void;
  twists: AnswerTwists;
  bend: (data: object) => object;
  bendText: (text: string) => string;
  lost?: { holdMs: number; answer?: (requestId: string) => Answer };
}

const HANG_MS = 60_000;

/** The faults that are switched on. Which calls a fault strikes depends on its seed and on their order only. */
export class FaultBox {
  private active: ActiveFault[] = [];
  private lastId = 0;
  /** Of the faults that hold calls: what lets them go on. */
  private readonly held = new Map<number, { released: Promise<void>; release: () => void }>();

  add(spec: FaultSpec): ActiveFault {
    const fault = { id: ++this.lastId, spec, seen: 0, struck: 0 };
    this.active.push(fault);
    if (spec.kind === 'hold') this.held.set(fault.id, latch());
    return fault;
  }

  /** Also those that have struck as often as they were to. */
  list(): readonly ActiveFault[] {
    return this.active;
  }

  /** Those that can still strike. */
  live(): ActiveFault[] {
    return this.active.filter(({ spec, struck }) => struck < (spec.times ?? Infinity));
  }

  remove(id: number): boolean {
    const before = this.active.length;
    this.active = this.active.filter((fault) => fault.id !== id);
    this.release(id);
    return this.active.length < before;
  }

  clear(): void {
    this.active = [];
    for (const id of this.held.keys()) this.release(id);
  }

  private release(id: number): void {
    this.held.get(id)?.release();
    this.held.delete(id);
  }

  plan(world: World, target: CallTarget): FaultPlan {
    const plan = emptyPlan();
    for (const fault of this.active) {
      if (!strikes(world, fault, target)) continue;
      plan.names.push(fault.spec.kind);
      const hold = this.held.get(fault.id);
      if (hold) plan.holds.push(hold.released);
      apply(world, plan, fault.spec, fault.struck);
    }
    return plan;
  }
}

function emptyPlan(): FaultPlan {
  return {
    names: [],
    delayMs: 0,
    holds: [],
    before: () => {},
    after: () => {},
    twists: { repeatPage: false, maskAddress: false, stale: false },
    bend: (data) => data,
    bendText: (text) => text,
  };
}

function latch(): { released: Promise<void>; release: () => void } {
  const held: { release?: () => void } = {};
  const released = new Promise<void>((resolve) => (held.release = resolve));
  return { released, release: () => held.release?.() };
}

function strikes(world: World, fault: ActiveFault, target: CallTarget): boolean {
  const { match = {}, times = Infinity, skip = 0, probability = 1, seed = 1 } = fault.spec;
  if (fault.struck >= times) return false;
  if (!isMeant(world, match, target)) return false;
  fault.seen++;
  if (fault.seen <= skip || dice(seed, fault.seen) >= probability) return false;
  fault.struck++;
  return true;
}

/** A number in [0, 1) that depends on seed and count only (mulberry32). */
function dice(seed: number, count: number): number {
  let state = (seed * 0x9e3779b1 + count * 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

function apply(world: World, plan: FaultPlan, spec: FaultSpec, strike: number): void {
  switch (spec.kind) {
    case 'delay':
      plan.delayMs += spec.ms;
      return;
    case 'hold':
      return;
    case 'drop':
      plan.instead ??= 'drop';
      return;
    case 'http':
      plan.instead ??= () => plainAnswer(spec.status, spec.body ?? 'upstream error');
      return;
    case 'error':
      plan.instead ??= (id) => refusal(errorOf(spec), id);
      return;
    case 'done_but_lost':
      plan.lost ??= lossOf(spec);
      return;
    case 'act':
      planAct(world, plan, spec);
      return;
    default:
      bendAnswer(world, plan, spec, strike);
  }
}

function errorOf(spec: FaultSpec & { kind: 'error' }): ApiError {
  const known = knownError(spec.code);
  return new ApiError(spec.code, spec.message ?? known?.message ?? 'Injected fault.', {
    httpStatus: spec.httpStatus ?? known?.httpStatus ?? 200,
    ...(spec.retryAfterSec === undefined ? {} : { retryAfterSec: spec.retryAfterSec }),
  });
}

function knownError(code: number): ApiError | undefined {
  const names = [
    'expiredToken',
    'wrongSign',
    'tooManyRequests',
    'internal',
    'missingScope',
    'missingCipher',
  ] as const;
  return names.map((name) => refuse(name)).find((error) => error.code === code);
}

function lossOf(spec: FaultSpec & { kind: 'done_but_lost' }): NonNullable<FaultPlan['lost']> {
  if (spec.answer === 'hang') return { holdMs: spec.holdMs ?? HANG_MS };
  if (spec.answer !== 'status') return { holdMs: 0 };
  const status = spec.status ?? 504;
  return { holdMs: 0, answer: () => plainAnswer(status, 'upstream request timeout') };
}

function plainAnswer(httpStatus: number, text: string): Answer {
  return { httpStatus, code: -1, text, contentType: 'text/plain; charset=utf-8' };
}

function planAct(world: World, plan: FaultPlan, spec: FaultSpec & { kind: 'act' }): void {
  const act = (): void => {
    const order = world.orders.get(spec.orderId);
    try {
      if (order !== undefined) performAct(world, order, spec.act);
    } catch (error) {
      // The order has moved on: what was to happen to it cannot happen any more.
      if (!(error instanceof ControlError)) throw error;
    }
  };
  if (spec.when === 'after') plan.after = both(plan.after, act);
  else plan.before = both(plan.before, act);
}

function bendAnswer(world: World, plan: FaultPlan, spec: FaultSpec, strike: number): void {
  if (spec.kind === 'duplicate_page') plan.twists.repeatPage = true;
  if (spec.kind === 'masked_address') plan.twists.maskAddress = true;
  if (spec.kind === 'stale_read') plan.twists.stale = true;
  if (spec.kind === 'reorder_page')
    plan.bend = (data) => shuffleRows(data, (count) => dice(spec.seed ?? 1, strike * 1000 + count));
  if (spec.kind === 'ids_as_numbers') plan.bendText = chain(plan.bendText, idsAsNumbers);
  if (spec.kind === 'unknown_fields') plan.bendText = chain(plan.bendText, addUnknownFields);
  if (spec.kind === 'unknown_enum')
    plan.bendText = chain(plan.bendText, (text) => replaceEnum(text, spec.field, spec.value));
  if (spec.kind === 'expire_token') plan.before = both(plan.before, (call) => expire(world, call));
}

function expire(world: World, call: IncomingCall): void {
  const token = world.tokens.get(String(call.headers['x-tts-access-token']));
  if (token !== undefined) token.expiresSec = world.clock.nowSec();
}

function both<A extends unknown[]>(
  first: (...args: A) => void,
  second: (...args: A) => void,
): (...args: A) => void {
  return (...args) => {
    first(...args);
    second(...args);
  };
}

function chain(first: (text: string) => string, second: (text: string) => string): (text: string) => string {
  return (text) => second(first(text));
}
