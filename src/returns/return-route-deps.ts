import type { StatusByHand } from '../documents/document-definition.js';
import type { ExplainedReturn, ReturnExplanation } from './explain-return.js';
import type { DocumentRouteDeps } from '../documents/document-routes.js';

/** What the routes ask of the domain. All throw AppError. */
export interface ReturnCommands {
  /** The same answer again answers the existing key with `created: false`. */
  answer(inputs: AnswerInputs): Promise<{ key: number; created: boolean }>;
  explain(which: ExplainedReturn): Promise<ReturnExplanation>;
  byHand: Pick<StatusByHand, 'prepare' | 'perform' | 'lockFirst'>;
}

export interface ReturnRouteDeps extends DocumentRouteDeps {
  returns: ReturnCommands;
}

export interface AnswerInputs {
  companyId: number;
  orderKey?: number;
  /** The v3 document as it was sent, every number in its own digits. */
  kept: unknown;
}
