import type { Actor } from '../../companies/actor.js';
import { Type } from 'typebox';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { writeJson } from '../../formats/json.js';
import { ScheduledTaskArrayResponse, StringMessage } from '../../logicbroker/envelopes.js';
import type { Database } from '../../store/database.js';
import { toIsoSeconds, type Clock } from '../../kernel/time.js';
import { finishText, type ExpectedFinish } from '../budgets/expected-finish.js';
import type { FlowCatalogue } from './flow-catalogue.js';
import { listFlows, type FlowView } from './flows.js';

interface TaskRouteDeps {
  db: Database;
  clock: Clock;
  flows: FlowCatalogue;
  /** Asks for a run, as the caller, and wakes a worker. @throws AppError not-found, connection-not-ready */
  runNow: (caller: { companyId: number; by: Actor }, flowId: bigint) => Promise<void>;
  /** When a flow that takes many calls will be done; null where that is not known. */
  expectFlow?: ((flowId: bigint) => Promise<ExpectedFinish | null>) | undefined;
}

export function taskRoutes(api: Api, version: ApiVersion, deps: TaskRouteDeps): void {
  const { db, clock, flows: known, runNow, expectFlow } = deps;
  api.get(
    '/Settings/ScheduledTasks',
    {
      schema: operation(version, 'getScheduledTasks', 'Settings', 'What runs when', {
        description:
          'Every pull and push of every connected shop, with its schedule (cron, UTC) and its last run.',
        ok: ScheduledTaskArrayResponse,
      }),
    },
    async (request, reply) => {
      const flows = await listFlows(db.prisma, {
        flows: known,
        companyId: request.caller.companyId,
        now: clock.now(),
      });
      const tasks = flows.map((flow) => writeJson(toScheduledTask(flow)));
      // Logicbroker has no v1 of this list: one shape for all.
      const numbers = { page: 0, pageSize: Math.max(1, tasks.length), totalRecords: tasks.length };
      return sendJson(reply, listText('v3', 'ScheduledTasks', tasks, numbers));
    },
  );

  api.put(
    '/Settings/ScheduledTasks/Trigger',
    {
      schema: operation(version, 'triggerScheduledTask', 'Settings', 'Run a task now', {
        description: 'It begins within seconds; the next regular run stays where it is.',
        querystring: Type.Object({
          id: Type.Integer({
            format: 'int64',
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
            description: 'Id of the task.',
          }),
        }),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const flowId = BigInt(request.query.id);
      await runNow({ companyId, by: request.caller }, flowId);
      // It runs, whether or not anybody can tell how long.
      const expected = await expectFlow?.(flowId).catch(() => null);
      const finish = expected ? `. ${finishText(expected)}` : '';
      return sendMessage(reply, `The task ${request.query.id} runs now${finish}`);
    },
  );
}

/** Logicbroker: ScheduledTask. */
function toScheduledTask(view: FlowView): object {
  return {
    Id: Number(view.id),
    PartnerId: view.partnerId ?? undefined,
    PartnerName: view.subjectName,
    JobName: view.flow.jobName,
    Description: view.flow.description,
    LastStart: timeOf(view.lastStartedAt),
    LastEnd: timeOf(view.lastFinishedAt),
    LastSuccess: timeOf(view.lastSuccessAt),
    Schedule: view.schedule,
  };
}

function timeOf(date: Date | null): string | undefined {
  return date ? toIsoSeconds(date) : undefined;
}
