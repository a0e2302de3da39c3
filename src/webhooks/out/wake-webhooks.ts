import { AppError } from '../../kernel/errors.js';
import type { Lane } from '../../kernel/lane.js';
import type { Clock } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import { requestRun } from '../../sync/flows/request-run.js';
import { sendWebhooksFlow, webhookFlows, webhookOf } from './webhook-subject.js';

export interface WakeDeps {
  db: Database;
  clock: Clock;
  wakeFlow: (flow: { id: bigint; lane: Lane }) => Promise<void>;
}

/** Asks for a run of every webhook whose company has changes behind its position. @returns how many */
export async function wakeWebhooks({ db, clock, wakeFlow }: WakeDeps): Promise<number> {
  const now = clock.now();
  const behind = await db.prisma.$queryRaw<{ id: number; companyId: number }[]>`
    SELECT w.id, w.company_id AS "companyId" FROM webhook_subscriptions w
    WHERE w.state = 'on' AND (w.paused_until IS NULL OR w.paused_until <= ${now}::timestamptz)
      AND EXISTS (SELECT 1 FROM events e WHERE e.company_id = w.company_id AND e.position > w.position)
    ORDER BY w.id`;
  for (const webhook of behind) await wakeWebhook({ db, clock, wakeFlow }, webhook);
  return behind.length;
}

/** Asks for a run of one; of one that does not run just now nothing is asked. */
export async function wakeWebhook(
  { db, clock, wakeFlow }: WakeDeps,
  { id, companyId }: { id: number; companyId: number },
): Promise<void> {
  const subject = webhookOf(id);
  const { name } = sendWebhooksFlow;
  try {
    const choice = { companyId, now: clock.now(), subject, name, flows: webhookFlows };
    const { flowId, lane } = await requestRun(db.prisma, choice);
    await wakeFlow({ id: flowId, lane });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
