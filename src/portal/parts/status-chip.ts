import type { DocumentType } from '../../logicbroker/document-types.js';
import { StatusCode, statusName } from '../../logicbroker/statuses.js';
import type { Html } from '../html.js';
import { chip, type Look } from './chip.js';

/** The status of a document with its number, as the API has it. */
export function statusChip(type: DocumentType, code: number): Html {
  return chip(lookOf(code), `${statusName(type, code)} ${code}`);
}

function lookOf(code: number): Look {
  if (code === StatusCode.failed) return 'bad';
  if (code === StatusCode.complete) return 'good';
  if (code === StatusCode.draft) return 'hold';
  return code === StatusCode.cancelled || code === StatusCode.ignored ? 'idle' : 'info';
}

/** Where an order is that has no document. */
export function orderStateChip(state: string): Html {
  return state === 'waiting' ? chip('hold', 'On hold') : chip('idle', 'Not imported');
}
