import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import { IdParams, Nothing } from './control-schema.js';
import type { SimulatorControl } from './control.js';
import * as schema from './product-act-spec.js';
import { Product } from './product-schema.js';

export function registerAuditRoutes(server: ControlServer, control: SimulatorControl): void {
  server.post(
    '/products/:id/acts',
    {
      schema: doc(
        'products',
        'actOnProduct',
        'TikTok, Seller Center or another app does something to a product',
        {
          params: IdParams,
          body: schema.ProductAct,
          response: { 200: Product, ...failures },
        },
      ),
    },
    (request) => control.productAct(request.params.id, request.body),
  );
  server.get(
    '/products/:id/versions',
    {
      schema: doc('products', 'getProductVersions', 'What a product says: live, under review, in a draft', {
        params: IdParams,
        response: { 200: schema.Versions, ...failures },
      }),
    },
    (request) => control.versions(request.params.id),
  );
  server.get(
    '/shops/:id/audits',
    {
      schema: doc('products', 'listAuditPlans', 'How audits end that are still to come', {
        params: IdParams,
        response: { 200: Type.Array(schema.AuditPlan), ...failures },
      }),
    },
    (request) => control.auditPlans(request.params.id),
  );
  server.post(
    '/shops/:id/audits',
    {
      schema: doc('products', 'planAudit', 'Decide how an audit will end, and when', {
        params: IdParams,
        body: schema.NewAuditPlan,
        response: { 200: schema.AuditPlan, ...failures },
      }),
    },
    (request) => control.planAudit(request.params.id, request.body),
  );
  server.delete(
    '/shops/:id/audits',
    {
      schema: doc('products', 'clearAuditPlans', 'Audits pass again', {
        params: IdParams,
        response: { 200: Nothing, ...failures },
      }),
    },
    (request) => {
      control.clearAuditPlans(request.params.id);
      return {};
    },
  );
  server.get(
    '/uploads',
    {
      schema: doc('products', 'listUploads', 'Images that apps have uploaded, oldest first', {
        response: { 200: Type.Array(schema.UploadedImage), ...failures },
      }),
    },
    () => control.uploads(),
  );
  server.delete(
    '/uploads',
    {
      schema: doc('products', 'forgetUploads', 'Images and files of which TikTok knows nothing any more', {
        response: { 200: Type.Object({ forgotten: Type.Integer() }), ...failures },
      }),
    },
    () => ({ forgotten: control.forgetUploads() }),
  );
}
