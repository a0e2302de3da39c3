import { keepText, type JsonNumber } from '../formats/json.js';

const NUMBER = /^-?(?:0|[1-9]\d{0,60})(?:\.\d{1,60})?(?:[eE][+-]?\d{1,2})?$/;
const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** A number with its digits; undefined where the text is none. Signs of thousands and of currencies are none of it. */
export function keepNumber(text: string): number | JsonNumber | undefined {
  return NUMBER.test(text) ? keepText(text) : undefined;
}

export function readFlag(text: string): boolean | undefined {
  return FLAGS.get(text.trim().toLowerCase());
}
