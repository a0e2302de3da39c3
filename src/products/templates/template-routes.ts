import { changeAll } from '../ask-for-products.js';
import { Type } from 'typebox';
import { writeJson } from '../../formats/json.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { connectionOf, PartnerParams, shopNumbered } from '../../connections/shop-in-path.js';
import { AppError } from '../../kernel/errors.js';
import { StringMessage } from '../../logicbroker/envelopes.js';
import { ProductTemplateArrayResponse, ProductTemplateBody } from '../../logicbroker/product-schema.js';
import { ref } from '../../logicbroker/schema.js';
import type { ProductRouteDeps } from '../product-route-deps.js';
import { inOrder, type ProductTemplate } from './product-template.js';
import { readTemplate } from './read-template.js';
import { productTrail } from '../product-trail.js';
import { deleteTemplate, findTemplate, listTemplates, saveTemplate } from './template-store.js';

const TAG = 'Product';
const PATH = '/Product/:partnerId/Templates';
const MOST_TEMPLATES = 500;
const TemplateParams = Type.Object({
  ...PartnerParams.properties,
  name: Type.String({ maxLength: 100, description: 'Of the template, in any case.' }),
});
const CopyParams = Type.Object({
  ...TemplateParams.properties,
  targetPartnerId: Type.Integer({ format: 'int32', description: 'Company number of the shop that gets it.' }),
});

/** Category templates. Logicbroker has none: they stand in v3 only. */
export function templateRoutes(api: Api, version: ApiVersion, { products }: ProductRouteDeps): void {
  if (version !== 'v3') return;
  const { db, clock } = products;
  api.get(
    PATH,
    {
      schema: operation(version, 'getProductTemplates', TAG, 'Values that stand for many products', {
        description: 'In the order in which they are asked.',
        params: PartnerParams,
        ok: ProductTemplateArrayResponse,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(db, request);
      const texts = inOrder(await listTemplates(db.prisma, id)).map((template) =>
        writeJson(render(template)),
      );
      const numbers = { page: 0, pageSize: Math.max(1, texts.length), totalRecords: texts.length };
      return sendJson(reply, listText(version, 'Templates', texts, numbers));
    },
  );
  api.put(
    `${PATH}/:name`,
    {
      schema: operation(version, 'saveProductTemplate', TAG, 'Make or replace a template', {
        description:
          'Category, brand, packaging, attributes and certificates once for all products that match: Fixed stands instead of ' +
          'what the feed says, Defaults where it says nothing. {Column} in a value stands for that column of the product.',
        params: TemplateParams,
        body: ref(ProductTemplateBody),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { id: connectionId, companyId } = await connectionOf(db, request);
      const template = readTemplate(request.params.name, request.body);
      const changed = await db.transaction(async (tx) => {
        const all = await listTemplates(tx, connectionId);
        const isNew = !all.some(({ name }) => name.toLowerCase() === template.name.toLowerCase());
        if (isNew && all.length >= MOST_TEMPLATES)
          throw new AppError('rule-violated', `A shop has ${MOST_TEMPLATES} templates at most.`);
        await saveTemplate(tx, {
          companyId,
          connectionId,
          template,
          by: request.caller.name,
          now: clock.now(),
        });
        await productTrail(
          tx,
          request.caller,
          { id: connectionId, companyId },
          { action: 'product-template.saved', subject: `template ${template.name}`, after: template },
        );
        return changeAll(tx, connectionId);
      });
      return sendMessage(reply, `Template ${template.name} was saved; ${changed} products are checked anew.`);
    },
  );
  api.delete(
    `${PATH}/:name`,
    {
      schema: operation(version, 'deleteProductTemplate', TAG, 'Remove a template', {
        params: TemplateParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { id, companyId } = await connectionOf(db, request);
      const { name } = request.params;
      const isGone = await db.transaction(async (tx) => {
        const isKnown = await deleteTemplate(tx, id, name);
        if (!isKnown) return false;
        await productTrail(
          tx,
          request.caller,
          { id, companyId },
          { action: 'product-template.removed', subject: `template ${name}` },
        );
        await changeAll(tx, id);
        return true;
      });
      if (!isGone) throw noSuchTemplate();
      return sendMessage(reply, `Template ${name} was removed.`);
    },
  );
  api.put(
    `${PATH}/:name/CopyTo/:targetPartnerId`,
    {
      schema: operation(version, 'copyProductTemplate', TAG, 'Copy a template to another of your shops', {
        description: 'One of the same name there is replaced.',
        params: CopyParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { companyId, name: by } = request.caller;
      const { id } = await connectionOf(db, request);
      const { name, targetPartnerId: partnerId } = request.params;
      const template = await findTemplate(db.prisma, id, name);
      if (!template) throw noSuchTemplate();
      const target = await shopNumbered(db.prisma, { companyId, partnerId }, 'targetPartnerId');
      await db.transaction(async (tx) => {
        await saveTemplate(tx, { companyId, connectionId: target.id, template, by, now: clock.now() });
        await productTrail(tx, request.caller, target, {
          action: 'product-template.saved',
          subject: `template ${template.name}`,
          after: template,
        });
        await changeAll(tx, target.id);
      });
      return sendMessage(reply, `Template ${template.name} was copied to ${target.name}.`);
    },
  );
}

function render({ name, conditions, fixed, defaults, priority }: ProductTemplate): object {
  return {
    Name: name,
    Conditions: conditions.map(({ field, operator, values }) => ({
      Field: field,
      Operator: operator,
      Values: values,
    })),
    Fixed: fixed,
    Defaults: defaults,
    Priority: priority,
  };
}

function noSuchTemplate(): AppError {
  return new AppError('not-found', 'There is no such template.', {
    details: [
      { field: 'name', message: 'is not known', next: 'GET Product/{partnerId}/Templates lists them' },
    ],
  });
}
