import type { ErrorCode } from '../kernel/errors.js';
import type { Reaction } from './tiktok-errors.js';

type CodeList = string;

export type CodeGroup = readonly [
  codes: CodeList,
  reaction: Reaction,
  text: string,
  next: string,
  code?: ErrorCode | undefined,
];
