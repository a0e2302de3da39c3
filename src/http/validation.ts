import type { FastifyServerOptions } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { parseDateTime } from '../formats/date-time.js';
import { endAfter, lookAtPresentProperties } from './validation-keywords.js';
import { spellingOf } from './query-names.js';

/** Several errors may be about one field; so many are enough for more fields than an answer names. */
const MOST_ERRORS = 100;

/**
 * All findings at once that an answer has room for; a number may come as text and the other way round, as Logicbroker takes them; nothing that the
 * caller sent is removed. `wireName` is how a query parameter is spelt in the OpenAPI document.
 */
export const validationOptions: NonNullable<FastifyServerOptions['ajv']> = {
  customOptions: {
    allErrors: true,
    coerceTypes: true,
    removeAdditional: false,
    useDefaults: true,
    keywords: ['wireName'],
    // Coercion makes Infinity of the text `1e999`; the strict mode would then skip all limits instead of refusing it.
    strictNumbers: false,
    // Shared pieces are compiled once instead of into every place that has them: a quarter of the time to start.
    inlineRefs: false,
    code: { optimize: false },
  },
  onCreate(ajv) {
    endAfter(ajv, MOST_ERRORS);
    lookAtPresentProperties(ajv);
    ajv.addFormat('double', { type: 'number', validate: Number.isFinite });
    ajv.addFormat('date-time', { type: 'string', validate: (text) => parseDateTime(text) !== null });
  },
};

/** What validation found, as an error with the field in the caller's spelling. */
export function validationError(
  findings: FastifySchemaValidationError[],
  part: string | undefined,
  query: unknown,
): AppError {
  const details = distinct(findings).map((finding): ErrorDetail => {
    const path = fieldPath(finding);
    if (part !== 'querystring') return { field: path || 'body', message: wordsOf(finding) };
    return { field: spellingOf(query, path), message: wordsOf(finding) };
  });
  const code = part === 'body' ? 'invalid-document' : 'invalid-request';
  return new AppError(code, part === 'body' ? 'The document is not valid' : 'The request is not valid', {
    details,
  });
}

/** `/ShipmentLines/0/Quantity` becomes `ShipmentLines[0].Quantity`; a missing property is named itself. */
function fieldPath({ instancePath, keyword, params }: FastifySchemaValidationError): string {
  const steps = instancePath.split('/').slice(1).map(unescapePointer);
  if (keyword === 'required') steps.push(String(params['missingProperty']));
  return steps.reduce(
    (path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path ? `${path}.${step}` : step),
    '',
  );
}

function wordsOf({ keyword, params, message }: FastifySchemaValidationError): string {
  if (keyword === 'required') return 'is required';
  if (keyword === 'type') return `must be ${withArticle(String(params['type']))}`;
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'format' && params['format'] === 'date-time') return 'must be a date or time in ISO 8601';
  if (keyword === 'maxItems') return `must have at most ${String(params['limit'])} entries`;
  if (keyword === 'pattern') return 'has a character that is not allowed here';
  if (keyword === 'format') return `must be a valid ${String(params['format'])}`;
  return message ?? 'is not valid';
}

function withArticle(type: string): string {
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** One finding a field; that it is of the wrong type says more than what else follows from that. */
function distinct(findings: FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const byField = new Map<string, FastifySchemaValidationError>();
  for (const finding of findings) {
    const field = fieldPath(finding);
    if (!byField.has(field) || finding.keyword === 'type') byField.set(field, finding);
  }
  return [...byField.values()];
}
