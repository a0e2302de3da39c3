import { createHash } from 'node:crypto';
import { CronExpressionParser } from 'cron-parser';
import { MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import { connectionIdOf } from '../subjects/connection-subject.js';
import type { Subject } from '../subjects/subject-kind.js';
import type { FlowDefinition } from './flow-catalogue.js';

const BACKOFF_MINUTES = [1, 2, 5, 15];

/**
 * The first time after `after` at which this subject's flow is due: the schedule's minute plus the subject's own second,
 * which is always the same so that the distance between two runs is the schedule's.
 */
export function nextDue(schedule: string, flow: FlowDefinition, subject: Subject, after: Date): Date {
  const offsetMs = spreadOf(flow, subject) * SECOND_MS;
  const tick = CronExpressionParser.parse(schedule, {
    tz: 'UTC',
    currentDate: new Date(after.getTime() - offsetMs),
  }).next();
  return new Date(tick.getTime() + offsetMs);
}

/** When a flow that failed is tried again: ever later, but never later than its schedule. */
export function nextAfterFailure(failures: number, scheduled: Date, now: Date): Date {
  const minutes = BACKOFF_MINUTES[Math.min(failures, BACKOFF_MINUTES.length) - 1] ?? 1;
  return new Date(Math.min(now.getTime() + minutes * MINUTE_MS, scheduled.getTime()));
}

function spreadOf(flow: FlowDefinition, subject: Subject): number {
  const who = connectionIdOf(subject) ?? `${subject.kind}:${subject.id}`;
  const hash = createHash('sha256').update(`${flow.name}/${who}`).digest();
  return flow.spreadSeconds > 0 ? hash.readUInt32BE(0) % flow.spreadSeconds : 0;
}
