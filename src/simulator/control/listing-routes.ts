import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import { IdParams, Nothing, NumberParams } from './control-schema.js';
import type { SimulatorControl } from './control.js';
import * as schema from './listing-schema.js';

export function registerListingRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/rule-changes',
    {
      schema: doc('products', 'listRuleChanges', 'What TikTok changes in its categories, past and to come', {
        response: { 200: Type.Array(schema.RuleChange), ...failures },
      }),
    },
    () => control.ruleChanges(),
  );
  server.post(
    '/rule-changes',
    {
      schema: doc(
        'products',
        'changeRules',
        'TikTok changes attributes, certificates or rules from a moment on',
        {
          body: schema.RuleChangeSpec,
          response: { 200: schema.RuleChange, ...failures },
        },
      ),
    },
    (request) => control.changeRules(request.body),
  );
  server.delete(
    '/rule-changes/:id',
    {
      schema: doc('products', 'dropRuleChange', 'As if the change had never been made', {
        params: NumberParams,
        response: { 200: Nothing, ...failures },
      }),
    },
    (request) => {
      control.dropRuleChange(request.params.id);
      return {};
    },
  );
  server.get(
    '/rule-change-presets',
    {
      schema: doc('products', 'listRuleChangePresets', 'Changes that TikTok really made, to choose from', {
        response: { 200: Type.Array(schema.RuleChangePreset), ...failures },
      }),
    },
    () => control.rulePresets(),
  );
  server.get(
    '/shops/:id/listing',
    {
      schema: doc('products', 'getListing', 'What the shop may list', {
        params: IdParams,
        response: { 200: schema.Listing, ...failures },
      }),
    },
    (request) => control.listing(request.params.id),
  );
  server.patch(
    '/shops/:id/listing',
    {
      schema: doc('products', 'patchListing', 'Tier, permissions, brands, prerequisites', {
        params: IdParams,
        body: schema.ListingPatch,
        response: { 200: schema.Listing, ...failures },
      }),
    },
    (request) => control.patchListing(request.params.id, request.body),
  );
  server.post(
    '/shops/:id/size-charts',
    {
      schema: doc('products', 'addSizeChart', 'A size chart as if made in Seller Center', {
        params: IdParams,
        body: schema.NewSizeChart,
        response: { 200: schema.SizeChart, ...failures },
      }),
    },
    (request) => control.addSizeChart(request.params.id, request.body),
  );
  server.get(
    '/compliance',
    {
      schema: doc(
        'products',
        'listCompliance',
        'Manufacturers, responsible persons and brands that were made',
        {
          response: { 200: schema.Compliance, ...failures },
        },
      ),
    },
    () => control.compliance(),
  );
}
