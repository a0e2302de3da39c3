import { Type } from 'typebox';
import type { Api, ApiVersion } from '../../http/api.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { lowerCaseFlags } from '../../http/query-names.js';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { AppError } from '../../kernel/errors.js';
import { BrandsMessage, SpecificationMessage } from '../../logicbroker/catalogue-schema.js';
import { StringMessage } from '../../logicbroker/envelopes.js';
import { findBrands } from './find-brand.js';
import { requireLocalShop } from './held-rules.js';
import { readSpecification } from './read-specification.js';
import { renderSpecification } from './render-catalogue.js';
import type { SpecificationDeps } from './specification-deps.js';
import { writeTemplate } from './write-template.js';

const TAG = 'Product';
const SPECIFICATION = '/Product/:partnerId/Specification';

const which = {
  category: Type.Optional(
    Type.String({
      maxLength: 1_000,
      description: "TikTok's id of a category, its path from the root, the end of the path, or its name.",
    }),
  ),
  fresh: Type.Optional(
    Type.Boolean({ description: 'TikTok is asked now, unless it was within the last minute.' }),
  ),
};

/** What product feeds of a shop have to hold. Logicbroker has no such calls: they stand in v3 only. */
export function specificationRoutes(api: Api, version: ApiVersion, deps: SpecificationDeps): void {
  if (version !== 'v3') return;
  api.get(
    SPECIFICATION,
    {
      config: { filterPrefix: '' },
      preValidation: lowerCaseFlags('fresh'),
      schema: operation(version, 'getFeedSpecification', TAG, 'What products of a category need', {
        description:
          'Columns with their limits, options and conditions, certificates with the text that TikTok shows, what the shop lacks, and how old all of it is. ' +
          'A refusal names the categories that come nearest.',
        params: PartnerParams,
        querystring: Type.Object({
          ...which,
          title: Type.Optional(
            Type.String({
              maxLength: 1_000,
              description: 'Title of a product: TikTok proposes the category. For calls without category.',
            }),
          ),
        }),
        ok: SpecificationMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(deps.db, request);
      const { category, title, fresh: isFresh } = request.query;
      const specification = await readSpecification(deps, connection, { category, title, isFresh });
      return sendMessage(reply, renderSpecification(specification, deps.clock.now()));
    },
  );

  api.get(
    `${SPECIFICATION}/Template`,
    {
      config: {
        filterPrefix: '',
        alsoAnswers: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      },
      schema: operation(version, 'getFeedTemplate', TAG, 'An empty product feed for some categories', {
        description:
          'The file itself. xlsx has the columns, what they are for, and the allowed values with lists in the cells; csv has the columns; fields is a CSV of what they are for.',
        params: PartnerParams,
        querystring: Type.Object({
          categories: Type.String({
            maxLength: 2_000,
            description: "TikTok's ids of up to 20 categories, with commas.",
          }),
          format: Type.Optional(Type.String({ description: 'xlsx (the default), csv or fields.' })),
        }),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(deps.db, request);
      const { categories, format = 'xlsx' } = request.query;
      const file = await writeTemplate(deps, connection, categories.split(','), format.trim().toLowerCase());
      return reply
        .type(file.type)
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .send(file.content);
    },
  );

  api.get(
    '/Product/:partnerId/Brands',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getBrands', TAG, 'Brands that products can name', {
        params: PartnerParams,
        querystring: Type.Object({
          name: Type.String({ maxLength: 100, description: 'How the name begins.' }),
          category: Type.Optional(
            Type.String({ maxLength: 30, description: "TikTok's id of a category: what holds there." }),
          ),
        }),
        ok: BrandsMessage,
      }),
    },
    async (request, reply) => {
      const shop = requireLocalShop(await connectionOf(deps.db, request));
      const { name, category } = request.query;
      if (category !== undefined && !/^\d{1,20}$/.test(category)) throw noId(category);
      const brands = await findBrands(deps, shop, name, category);
      return sendMessage(
        reply,
        brands.map(({ id, name: brand, outcome }) => ({ Id: id, Name: brand, Outcome: outcome })),
      );
    },
  );
}

function noId(given: string): AppError {
  return new AppError('invalid-request', 'The request is not valid', {
    details: [{ field: 'category', message: `"${given}" is not an id of a category` }],
  });
}
