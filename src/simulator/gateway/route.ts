import type { Static, TObject, TSchema } from 'typebox';

import type { SimulatorApp } from '../options.js';
import type { Authorization } from '../state/model.js';
import type { Shop, World } from '../state/world.js';
import type { Form } from './multipart.js';
import { checkerOf, parseBody, parseQuery } from './parameters.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a fault may ask of a handler that must look inside the answer. */
export interface AnswerTwists {
  repeatPage: boolean;
  maskAddress: boolean;
  stale: boolean;
}

export interface Caller {
  world: World;
  app: SimulatorApp;
  authorization: Authorization;
  requestId: string;
  twists: AnswerTwists;
}

export interface RawCall {
  params: Readonly<Record<string, string>>;
  query: ReadonlyMap<string, string>;
  body: unknown;
  /** Of a call that takes files. */
  form?: Form;
}

/** One row of the routing table. `run` validates the call's own parameters, then does it and answers `data`. */
export interface ApiRoute {
  method: Method;
  /** `{version}` and `{names}` in braces. */
  path: string;
  versions: readonly string[];
  /** Any one of these is enough. */
  scopes: readonly string[];
  cipher: 'required' | 'forbidden';
  /** Files come as multipart/form-data; all other calls take JSON. */
  takesFiles?: boolean;
  run(caller: Caller, shop: Shop | undefined, call: RawCall): object;
}

interface RowBase {
  method: Method;
  path: string;
  versions: readonly string[];
  scopes: readonly string[];
}

interface CallOf<Q, B> extends Caller {
  params: Readonly<Record<string, string>>;
  version: string;
  query: Q;
  body: B;
  nowSec: number;
}

interface Schemas<Q extends TObject, B extends TSchema> {
  query: Q;
  body: B;
}

/** A call on one shop: needs `shop_cipher`. */
export function shopRoute<Q extends TObject, B extends TSchema>(
  row: RowBase & Schemas<Q, B> & { handle: (call: CallOf<Static<Q>, Static<B>> & { shop: Shop }) => object },
): ApiRoute {
  const parse = parserOf(row);
  return {
    ...row,
    cipher: 'required',
    run: (caller, shop, call) => {
      if (shop === undefined) throw new Error(`${row.path} needs a shop`);
      return row.handle({ ...caller, ...parse(call), ...common(caller, call), shop });
    },
  };
}

/** A call on the seller's account: must not carry `shop_cipher`. */
export function accountRoute<Q extends TObject, B extends TSchema>(
  row: RowBase & Schemas<Q, B> & { handle: (call: CallOf<Static<Q>, Static<B>>) => object },
): ApiRoute {
  const parse = parserOf(row);
  return {
    ...row,
    cipher: 'forbidden',
    run: (caller, _shop, call) => row.handle({ ...caller, ...parse(call), ...common(caller, call) }),
  };
}

/** A call that takes a file, on the seller's account: must not carry `shop_cipher`. */
export function uploadRoute(
  row: RowBase & { handle: (call: Caller & { form: Form; nowSec: number }) => object },
): ApiRoute {
  return {
    ...row,
    cipher: 'forbidden',
    takesFiles: true,
    run: (caller, _shop, { form = new Map() }) =>
      row.handle({ ...caller, form, nowSec: caller.world.clock.nowSec() }),
  };
}

function common(
  caller: Caller,
  call: RawCall,
): { params: RawCall['params']; version: string; nowSec: number } {
  return { params: call.params, version: call.params['version'] ?? '', nowSec: caller.world.clock.nowSec() };
}

function parserOf<Q extends TObject, B extends TSchema>(
  schemas: Schemas<Q, B>,
): (call: RawCall) => { query: Static<Q>; body: Static<B> } {
  const query = checkerOf(schemas.query);
  const body = checkerOf(schemas.body);
  return (call) => ({
    query: parseQuery(schemas.query, query, call.query),
    body: parseBody(schemas.body, body, call.body),
  });
}
