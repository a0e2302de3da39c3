import { AppError } from './errors.js';

/**
 * Whether something goes on (an order to the ERP, a shipment to TikTok) is decided by gates: pure functions with a name.
 * The same functions decide and explain, so an explanation can never differ from what happened.
 */
export type GateOutcome =
  | { outcome: 'pass'; reason: string }
  | { outcome: 'wait'; reason: string; until: Date | null; next: string }
  | { outcome: 'refuse'; reason: string; next: string };

export function pass(reason: string): GateOutcome {
  return { outcome: 'pass', reason };
}

/** Not yet. `until` is null when the time is unknown; `next` says what ends the wait. */
export function wait(reason: string, until: Date | null, next: string): GateOutcome {
  return { outcome: 'wait', reason, until, next };
}

/** No, unless something changes; `next` says what a person can do. */
export function refuse(reason: string, next: string): GateOutcome {
  return { outcome: 'refuse', reason, next };
}

export interface Gate<Facts> {
  /** Stable name in lists, events and the API, such as `remorse-hold`. */
  name: string;
  /** The rule in one sentence, and where it comes from. */
  rule: string;
  decide(facts: Facts): GateOutcome;
}

export type GateResult = { gate: string; rule: string } & GateOutcome;

/** Outcomes of all gates in their order; used by Explain. */
export function explainGates<Facts>(gates: readonly Gate<Facts>[], facts: Facts): GateResult[] {
  return gates.map((gate) => resultOf(gate, gate.decide(facts)));
}

/** The first gate that refuses, else the one that waits longest, else null: everything passed. */
export function firstObstacle<Facts>(gates: readonly Gate<Facts>[], facts: Facts): GateResult | null {
  let waiting: GateResult | null = null;
  let waitsUntil: Date | null = null;
  for (const gate of gates) {
    const outcome = gate.decide(facts);
    if (outcome.outcome === 'refuse') return resultOf(gate, outcome);
    if (outcome.outcome !== 'wait' || (waiting && !later(outcome.until, waitsUntil))) continue;
    waiting = resultOf(gate, outcome);
    waitsUntil = outcome.until;
  }
  return waiting;
}

/**
 * The error of a gate that refuses: its text names the gate, so that its reader finds the rule in Explain.
 * @param kind a class of the caller's own, where it has to tell this refusal from others
 */
export function refusedBy(
  { gate, reason, next }: { gate: string; reason: string; next: string },
  kind: typeof AppError = AppError,
): AppError {
  return new kind('rule-violated', reason, { details: [{ message: `${gate}: ${reason}`, next }] });
}

/**
 * Lets pass what no gate refuses; a gate that waits keeps nothing out.
 * @throws AppError rule-violated by the first gate that refuses
 */
export function passGates<Facts>(gates: readonly Gate<Facts>[], facts: Facts): void {
  const obstacle = firstObstacle(gates, facts);
  if (obstacle?.outcome === 'refuse') throw refusedBy(obstacle);
}

function resultOf({ name, rule }: Pick<Gate<never>, 'name' | 'rule'>, outcome: GateOutcome): GateResult {
  return { gate: name, rule, ...outcome };
}

/** Waiting without a known end is the longest wait. */
function later(a: Date | null, b: Date | null): boolean {
  if (!b) return false;
  return !a || a > b;
}
