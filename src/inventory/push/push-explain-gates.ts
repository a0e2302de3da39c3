import { pullCatalogueFlow } from '../../catalogue/catalogue-flow.js';
import type { Connection } from '../../connections/connection.js';
import { pass, refuse, wait, type GateResult } from '../../kernel/gate.js';
import type { FlowView } from '../../sync/flows/flows.js';
import { toIsoSeconds } from '../../kernel/time.js';
import { findVerdict } from './push-items.js';
import type { PushItem } from '../rules/push-item.js';

function named(gate: string, rule: string, outcome: ReturnType<typeof pass>): GateResult {
  return { gate, rule, ...outcome };
}

export function connectionGate({ status, statusReason }: Connection): GateResult {
  const rule = 'Nothing is sent while the connection is not active.';
  return named(
    'connection-active',
    rule,
    status === 'active' && statusReason === null
      ? pass('The connection is active.')
      : wait(
          `The connection is ${status}${statusReason ? ` (${withoutStop(statusReason)})` : ''}.`,
          null,
          'Open its page.',
        ),
  );
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

export function uploadedGate({ cells, cost, unsentSince }: PushItem): GateResult {
  const values = [
    ...cells.map(({ code, quantity }) => `quantity ${quantity}${code === null ? '' : ` in ${code}`}`),
    ...(cost === null ? [] : [`cost ${cost}`]),
  ];
  const since = unsentSince ? `, not in TikTok since ${toIsoSeconds(unsentSince)}` : '';
  return named('uploaded', 'The seller has uploaded the item.', pass(`${values.join(', ')}${since}.`));
}

export function catalogueGate(flows: readonly FlowView[]): GateResult {
  const pull = flows.find(({ flow }) => flow.name === pullCatalogueFlow.name);
  return named(
    'catalogue-read',
    "Nothing is sent before the shop's products were read as a whole.",
    pull?.watermark
      ? pass(`The products were read up to ${toIsoSeconds(pull.watermark)}.`)
      : wait(
          'The products of the shop are not read yet.',
          null,
          'Wait for the task PullCatalogue, or run it.',
        ),
  );
}

export function budgetGate(push: FlowView | null): GateResult {
  const rule =
    "TikTok limits how many calls a shop may make; a fifth of the shop's budget is kept for urgent work.";
  const isThrottled = push?.lastOutcome === 'throttled';
  return named(
    'budget',
    rule,
    isThrottled
      ? wait(
          'The budget of calls to TikTok was used up at the last push.',
          push.nextAttemptAt,
          'Nothing to do: the push goes on.',
        )
      : pass('The last push was not stopped by a limit.'),
  );
}

export function lastResultGate(verdict: Awaited<ReturnType<typeof findVerdict>>): GateResult {
  const rule = 'What the last push that decided about the item came to.';
  const result = (): ReturnType<typeof pass> => {
    if (!verdict?.state) return wait('No push has decided about it yet.', null, 'Wait for the next push.');
    const { state, reason, next, retryAt, pushedAt } = verdict;
    if (state === 'sent')
      return pass(pushedAt ? `Sent ${toIsoSeconds(pushedAt)}.` : 'TikTok had everything already.');
    if (state === 'waiting') return wait(reason ?? '', retryAt, next ?? '');
    return refuse(reason ?? '', next ?? '');
  };
  return named('last-result', rule, result());
}
