import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import { IdParams, Nothing } from './control-schema.js';
import type { SimulatorControl } from './control.js';
import * as schema from './product-schema.js';

export function registerProductRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/shops/:id/products',
    {
      schema: doc('products', 'listProducts', 'Products of a shop, oldest first', {
        params: IdParams,
        querystring: schema.ProductQuery,
        response: { 200: Type.Array(schema.Product), ...failures },
      }),
    },
    (request) => control.products(request.params.id, request.query),
  );
  server.post(
    '/shops/:id/products',
    {
      schema: doc('products', 'addProduct', 'A product as if made in Seller Center', {
        params: IdParams,
        body: schema.NewProduct,
        response: { 200: schema.Product, ...failures },
      }),
    },
    (request) => control.addProduct(request.params.id, request.body),
  );
  server.post(
    '/shops/:id/products/generate',
    {
      schema: doc('products', 'generateProducts', 'Many like products at once', {
        params: IdParams,
        body: schema.GenerateProducts,
        response: { 200: schema.GeneratedProducts, ...failures },
      }),
    },
    (request) => control.generateProducts(request.params.id, request.body),
  );
  server.get(
    '/products/:id',
    {
      schema: doc('products', 'getProduct', 'One product', {
        params: IdParams,
        response: { 200: schema.Product, ...failures },
      }),
    },
    (request) => control.product(request.params.id),
  );
  server.patch(
    '/products/:id',
    {
      schema: doc('products', 'patchProduct', 'Deactivate, freeze, delete, rename, audit', {
        params: IdParams,
        body: schema.ProductPatch,
        response: { 200: schema.Product, ...failures },
      }),
    },
    (request) => control.patchProduct(request.params.id, request.body),
  );
  server.patch(
    '/skus/:id',
    {
      schema: doc('products', 'patchSku', 'Stock, price and promotion in Seller Center', {
        params: IdParams,
        body: schema.SkuPatch,
        response: { 200: schema.Product.properties.skus.items, ...failures },
      }),
    },
    (request) => control.patchSku(request.params.id, request.body),
  );
  server.get(
    '/shops/:id/stock',
    {
      schema: doc('products', 'listStock', 'Stock and price of every SKU as one list', {
        params: IdParams,
        querystring: schema.StockQuery,
        response: { 200: Type.Array(schema.StockRow), ...failures },
      }),
    },
    (request) => control.stock(request.params.id, request.query.sellerSku),
  );
  server.get(
    '/product-effects',
    {
      schema: doc('products', 'listProductEffects', 'What was really done to stock, price and status', {
        querystring: schema.ProductEffectQuery,
        response: { 200: schema.ProductEffects, ...failures },
      }),
    },
    (request) => control.productEffects(request.query),
  );
  server.delete(
    '/product-effects',
    {
      schema: doc('products', 'clearProductEffects', 'Forget the effects and their counts', {
        response: { 200: Nothing, ...failures },
      }),
    },
    () => {
      control.clearProductEffects();
      return {};
    },
  );
}

export function registerWarehouseRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/shops/:id/warehouses',
    {
      schema: doc('products', 'listWarehouses', 'Warehouses of a shop', {
        params: IdParams,
        response: { 200: Type.Array(schema.Warehouse), ...failures },
      }),
    },
    (request) => control.warehouses(request.params.id),
  );
  server.post(
    '/shops/:id/warehouses',
    {
      schema: doc('products', 'addWarehouse', 'One more warehouse', {
        params: IdParams,
        body: schema.NewWarehouse,
        response: { 200: schema.Warehouse, ...failures },
      }),
    },
    (request) => control.addWarehouse(request.params.id, request.body),
  );
  server.patch(
    '/shops/:id/warehouses/:warehouse',
    {
      schema: doc('products', 'patchWarehouse', 'Disable, enable, rename, make the default', {
        params: schema.WarehouseParams,
        body: schema.WarehousePatch,
        response: { 200: schema.Warehouse, ...failures },
      }),
    },
    (request) => control.patchWarehouse(request.params.id, request.params.warehouse, request.body),
  );
  server.patch(
    '/shops/:id/carriers',
    {
      schema: doc('world', 'changeCarriers', 'TikTok changes which carriers the shop may name', {
        params: IdParams,
        body: schema.CarrierChange,
        response: { 200: Nothing, ...failures },
      }),
    },
    (request) => {
      control.changeCarriers(request.params.id, request.body);
      return {};
    },
  );
}
