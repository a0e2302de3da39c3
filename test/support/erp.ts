/** A client as sellers have one for Logicbroker: it knows paths and envelopes, and nothing of this program. */
export interface Erp {
  call<Body = unknown>(method: string, path: string, options?: CallOptions): Promise<ErpAnswer<Body>>;
  /** All orders or shipments, over all pages. */
  list(path: string): Promise<ErpDocument[]>;
  order(key: string): Promise<ErpDocument>;
  shipment(key: string): Promise<ErpDocument>;
  /** @returns the key */
  ship(order: ErpDocument, document: object): Promise<string>;
  tasks(): Promise<{ Id: number; JobName: string; PartnerName: string; LastSuccess?: string }[]>;
  /** Runs every task now. */
  triggerAll: () => Promise<void>;
}

export interface CallOptions {
  version?: 'v1' | 'v2' | 'v3';
  body?: object;
  headers?: Record<string, string>;
  /** Sends the key so, in place of the header `SubscriptionKey`. */
  keyAs?: 'query' | 'header' | 'none';
}

export interface ErpAnswer<Body> {
  status: number;
  headers: Headers;
  text: string;
  /** The whole answer, parsed; undefined when it is no JSON. */
  json: Body;
}

export interface ErpDocument {
  StatusCode: number;
  Identifier: { LogicbrokerKey: string; LinkKey: string };
  PartnerPO: string;
  ShipmentNumber?: string;
  OrderLines: {
    LineNumber: string;
    Quantity: number;
    ItemIdentifier: { SupplierSKU: string; PartnerSKU: string };
    ExtendedAttributes: { Name: string; Value: string }[];
  }[];
  ExtendedAttributes?: { Name: string; Value: string }[];
  [member: string]: unknown;
}

interface Records {
  Records: ErpDocument[];
  TotalPages: number;
}

export class UnexpectedAnswer extends Error {
  readonly status: number;

  constructor(what: string, { status, text }: ErpAnswer<unknown>) {
    super(`${what} was answered with ${status}: ${text.slice(0, 500)}`);
    this.name = 'UnexpectedAnswer';
    this.status = status;
  }
}

const PATIENCE_MS = 20_000;

export function createErp(url: string, key: string): Erp {
  async function call<Body>(
    method: string,
    path: string,
    { version = 'v3', body, headers = {}, keyAs = 'header' }: CallOptions = {},
  ): Promise<ErpAnswer<Body>> {
    const target = new URL(`${url}/api/${version}/${path}`);
    if (keyAs === 'query') target.searchParams.set('subscription-key', key);
    const response = await fetch(target, {
      method,
      headers: {
        ...(keyAs === 'header' ? { SubscriptionKey: key } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const json = (isJson ? JSON.parse(text) : undefined) as Body;
    return { status: response.status, headers: response.headers, text, json };
  }

  async function expect<Body>(
    status: number,
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<Body> {
    const answer = await call<Body>(method, path, options);
    if (answer.status !== status) throw new UnexpectedAnswer(`${method} ${path}`, answer);
    return answer.json;
  }

  const erp: Erp = {
    call,
    async list(path) {
      const found: ErpDocument[] = [];
      for (let page = 0; ; page++) {
        const { Records, TotalPages } = await expect<Records>(200, 'GET', `${path}?page=${page}`);
        found.push(...Records);
        if (page + 1 >= TotalPages) return found;
      }
    },
    order: async (documentKey) =>
      (await expect<{ Body: { SalesOrder: ErpDocument } }>(200, 'GET', `Orders/${documentKey}`)).Body
        .SalesOrder,
    shipment: async (documentKey) =>
      (await expect<{ Body: { Shipment: ErpDocument } }>(200, 'GET', `Shipments/${documentKey}`)).Body
        .Shipment,
    async ship(order, document) {
      const path = `Orders/${order.Identifier.LogicbrokerKey}/Shipments`;
      const answer = await expect<{ Body: { LogicbrokerKey: string } }>(201, 'POST', path, {
        body: document,
      });
      return answer.Body.LogicbrokerKey;
    },
    tasks: async () =>
      (await expect<{ Records: Awaited<ReturnType<Erp['tasks']>> }>(200, 'GET', 'Settings/ScheduledTasks'))
        .Records,
    async triggerAll() {
      for (const { Id } of await erp.tasks()) {
        await expect(200, 'PUT', `Settings/ScheduledTasks/Trigger?id=${Id}`);
      }
    },
  };
  return erp;
}

/** A shipment of all lines in one parcel. */
export function wholeShipment(
  order: ErpDocument,
  { tracking, carrier, number = 'S-1' }: { tracking: string; carrier: string; number?: string },
): object {
  return {
    ShipmentNumber: number,
    ShipmentLines: order.OrderLines.map(({ LineNumber, ItemIdentifier, Quantity }) => ({
      LineNumber,
      ItemIdentifier,
      Quantity,
      ShipmentInfos: [{ TrackingNumber: tracking, CarrierCode: carrier, Qty: Quantity }],
    })),
  };
}

/** Ids of the pieces that an order's document shows. */
export function unitIdsOf(order: ErpDocument): string[] {
  return order.OrderLines.flatMap(({ ExtendedAttributes }) =>
    ExtendedAttributes.filter(({ Name }) => Name === 'TikTokOrderLineId').flatMap(({ Value }) =>
      Value.split(','),
    ),
  ).toSorted();
}
