import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import {
  templateOperators,
  type ProductTemplate,
  type TemplateCondition,
  type TemplateOperator,
} from './product-template.js';

interface TemplateBody {
  Conditions?: { Field?: string; Operator?: string; Value?: string; Values?: string[] }[];
  Fixed?: Record<string, unknown>;
  Defaults?: Record<string, unknown>;
  Priority?: number;
}

const MOST_VALUES = 200;
const MOST_CONDITIONS = 20;
const MOST_WORDS = 500;
const LONGEST_NAME = 100;
const LONGEST_VALUE = 10_000;
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** @throws AppError invalid-document naming every field that is wrong */
export function readTemplate(name: string, body: TemplateBody): Omit<ProductTemplate, 'id'> {
  const problems: ErrorDetail[] = [];
  const label = name.trim();
  if (label === '' || label.length > LONGEST_NAME || UNSTORABLE.test(label))
    problems.push({ field: 'name', message: `must have 1 to ${LONGEST_NAME} characters` });
  const template = {
    name: label,
    conditions: conditionsOf(body.Conditions ?? [], problems),
    fixed: valuesOf('Fixed', body.Fixed ?? {}, problems),
    defaults: valuesOf('Defaults', body.Defaults ?? {}, problems),
    priority: body.Priority ?? 0,
  };
  if (Object.keys(template.fixed).length + Object.keys(template.defaults).length === 0)
    problems.push({
      field: 'Fixed',
      message: 'says nothing',
      next: 'Give Fixed or Defaults, such as {"Category": "601226"}',
    });
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The template is not valid.', { details: problems });
  return template;
}

function conditionsOf(
  given: NonNullable<TemplateBody['Conditions']>,
  problems: ErrorDetail[],
): TemplateCondition[] {
  if (given.length > MOST_CONDITIONS)
    problems.push({ field: 'Conditions', message: `must not be more than ${MOST_CONDITIONS}` });
  return given.slice(0, MOST_CONDITIONS).map(({ Field: field = '', Operator, Value, Values }, nth) => {
    const place = `Conditions[${nth}]`;
    const operator = (Operator ?? 'equals').trim().toLowerCase();
    const values = [...(Value === undefined ? [] : [Value]), ...(Values ?? [])];
    if (field.trim() === '') problems.push({ field: `${place}.Field`, message: 'is required' });
    if (!isOperator(operator))
      problems.push({ field: `${place}.Operator`, message: `must be ${templateOperators.join(', ')}` });
    if (values.length === 0 && !operator.startsWith('is-'))
      problems.push({ field: `${place}.Value`, message: 'is required' });
    if (
      values.length > MOST_WORDS ||
      [field, ...values].some((text) => text.length > LONGEST_VALUE || UNSTORABLE.test(text))
    )
      problems.push({ field: place, message: 'is too long, or has characters that are no text' });
    return { field: field.trim(), operator: isOperator(operator) ? operator : 'equals', values };
  });
}

function isOperator(text: string): text is TemplateOperator {
  return (templateOperators as readonly string[]).includes(text);
}

function valuesOf(
  place: string,
  given: Record<string, unknown>,
  problems: ErrorDetail[],
): Record<string, string> {
  const entries = Object.entries(given);
  if (entries.length > MOST_VALUES)
    problems.push({ field: place, message: `must not have more than ${MOST_VALUES} columns` });
  return Object.fromEntries(
    entries.slice(0, MOST_VALUES).flatMap(([name, value]): [string, string][] => {
      const field = `${place}.${name.slice(0, 60)}`;
      // Of a longer number digits are gone already.
      const text =
        typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : value;
      if (typeof text !== 'string' || text === '' || text.length > LONGEST_VALUE || UNSTORABLE.test(text)) {
        problems.push({ field, message: `must be a text of 1 to ${LONGEST_VALUE} characters` });
        return [];
      }
      return [[name.trim(), text]];
    }),
  );
}
