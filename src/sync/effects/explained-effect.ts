import { timeText } from '../../logicbroker/explanation-schema.js';
import type { EntryHistory } from './outbox-decisions.js';

/** What was asked of TikTok, call by call, as `ExplainedEffect`. */
export function explainedEffect(entry: EntryHistory): object {
  return {
    Effect: entry.effect,
    State: entry.state,
    Attempts: entry.attempts,
    CreatedAt: timeText(entry.createdAt),
    NextAttempt: entry.settledAt ? undefined : timeText(entry.nextAttemptAt),
    SettledAt: timeText(entry.settledAt),
    LastError: entry.lastError ?? undefined,
    Calls: entry.calls.map((call) => ({
      Kind: call.kind,
      StartedAt: timeText(call.startedAt),
      FinishedAt: timeText(call.finishedAt),
      Outcome: call.outcome ?? undefined,
      TikTokCode: call.tiktokCode ?? undefined,
      RequestId: call.requestId ?? undefined,
      Message: call.message ?? undefined,
    })),
  };
}
