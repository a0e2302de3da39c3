import type { FastifyServerOptions } from 'fastify';

type Ajv = Parameters<NonNullable<NonNullable<FastifyServerOptions['ajv']>['onCreate']>>[0];
type CodeKeyword = Extract<Parameters<Ajv['addKeyword']>[0], { code: unknown }>;
type Context = Parameters<CodeKeyword['code']>[0];
type Generator = Context['gen'];
type PropertyType = NonNullable<Parameters<Context['subschema']>[0]['dataPropType']>;
type Code = Exclude<Parameters<Generator['if']>[0], boolean>;

/** What ajv's class brings along for those who write keywords. */
interface CodeBuilders {
  _: (parts: TemplateStringsArray, ...values: unknown[]) => Code;
  Name: new (name: string) => Code;
}

/** Type.Num of ajv: the index of an array is written without quotes. */
const BY_NUMBER = 0 as PropertyType; // oxlint-disable-line typescript/no-unsafe-enum-assignment -- ajv's enum cannot be imported: ajv is Fastify's

/**
 * Teaches ajv an `items` that ends. Its own one goes on through the whole array whatever it has found, and copies all that
 * was found so far for every item that is invalid: a broken export of a few thousand lines holds up everybody for minutes.
 * This one stops at the first item after `mostErrors`, and does not look into an array that is longer than `maxItems`.
 */
export function endAfter(ajv: Ajv, mostErrors: number): void {
  const { _, Name } = ajv.constructor as unknown as CodeBuilders;
  // The count of errors in each function that ajv generates.
  const errors = new Name('errors');
  ajv.removeKeyword('items');
  ajv.addKeyword({
    keyword: 'items',
    type: 'array',
    schemaType: ['object', 'boolean'],
    before: 'uniqueItems',
    code(cxt) {
      const { gen, data, keyword } = cxt;
      const { maxItems = Infinity } = cxt.parentSchema as { maxItems?: number };
      const valid = gen.name('valid');
      const allValid = gen.let('valid', true);
      const length = gen.const('len', _`${data}.length`);
      gen.if(_`${length} <= ${maxItems}`, () => {
        gen.forRange('i', 0, length, (index) => {
          cxt.subschema({ keyword, dataProp: index, dataPropType: BY_NUMBER }, valid);
          gen.if(_`!${valid}`, () => gen.assign(allValid, false));
          gen.if(_`${errors} >= ${mostErrors}`, () => gen.break());
        });
      });
      cxt.ok(allValid);
    },
  });
}

/**
 * Teaches ajv a `properties` that looks at what an object has. Its own one asks each object for every property of its schema,
 * which of many small objects takes several times as long as to parse them.
 */
export function lookAtPresentProperties(ajv: Ajv): void {
  const { _ } = ajv.constructor as unknown as CodeBuilders;
  ajv.removeKeyword('properties');
  ajv.addKeyword({
    keyword: 'properties',
    type: 'object',
    schemaType: 'object',
    code(cxt) {
      const { gen, data, keyword } = cxt;
      const valid = gen.name('valid');
      const allValid = gen.let('valid', true);
      gen.forIn('name', data, (name) => {
        for (const [at, property] of Object.keys(cxt.schema as object).entries()) {
          if (at === 0) gen.if(_`${name} === ${property}`);
          else gen.elseIf(_`${name} === ${property}`);
          cxt.subschema({ keyword, schemaProp: property, dataProp: property }, valid);
          gen.if(_`!${valid}`, () => gen.assign(allValid, false));
        }
        if (Object.keys(cxt.schema as object).length > 0) gen.endIf();
      });
      cxt.ok(allValid);
    },
  });
}
