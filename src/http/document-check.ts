import { fastify } from 'fastify';
import { writeJson } from '../formats/json.js';
import { readUntrustedJson } from '../formats/safe-json.js';
import { inSlices } from '../formats/slices.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { ref, type Named } from '../logicbroker/schema.js';
import { bodyReaders, type BodySchema } from './body-names.js';
import { validationError, validationOptions } from './validation.js';

/** A document that its schema allows: for rules, and for keeping with every number in its own digits. */
interface CheckedDocument {
  document: unknown;
  kept: JsonObject;
}

/** @returns what the schema does not allow, in paths of JSON, or the document */
export type CheckDocument = (
  schema: Named,
  document: JsonObject,
) => Promise<CheckedDocument | { problems: ErrorDetail[] }>;

interface Validate {
  (data: unknown): unknown;
  errors?: Parameters<typeof validationError>[0] | null;
}

/**
 * Holds documents that come in files against their schemas as the routes do with bodies: names in any case, the same words for
 * what is wrong. The validators are made when the first document comes.
 * @param schemas everything that the schemas refer to
 */
export function createDocumentCheck(schemas: readonly Named[]): CheckDocument {
  const { read, readKept } = bodyReaders(schemas);
  const validators = new Map<string, Validate>();
  let compiling: Promise<(schema: Named) => Validate> | null = null;
  return async (schema, document) => {
    const compile = await (compiling ??= openCompiler(schemas));
    const validate = validators.get(schema.$id) ?? compile(schema);
    validators.set(schema.$id, validate);
    try {
      const { plain, kept } = await inSlices(readUntrustedJson(writeJson(document)));
      const body = await inSlices(read(refOf(schema), plain));
      if (validate(body) === false)
        return { problems: validationError(validate.errors ?? [], 'body', {}).details };
      return { document: body, kept: (await inSlices(readKept(refOf(schema), kept))) as JsonObject };
    } catch (error) {
      if (error instanceof AppError) return { problems: error.details };
      throw error;
    }
  };
}

function refOf(schema: Named): BodySchema {
  return ref(schema) as BodySchema;
}

/** Fastify's own validation without a server around it: it never listens. */
async function openCompiler(schemas: readonly Named[]): Promise<(schema: Named) => Validate> {
  const app = fastify({ ajv: validationOptions });
  for (const schema of schemas) app.addSchema(schema);
  const [first] = schemas;
  app.route({ method: 'POST', url: '/', schema: { body: ref(first!) }, handler: () => null });
  await app.ready();
  const compile = app.validatorCompiler;
  if (!compile) throw new Error('Fastify has no validation');
  return (schema) => compile({ schema: ref(schema), method: 'POST', url: '/', httpPart: 'body' });
}
