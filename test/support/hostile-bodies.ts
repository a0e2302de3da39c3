import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

/** One request whose body costs more than others of its size. */
export interface HostileCall {
  method: 'POST' | 'PUT';
  path: string;
  type: string;
  body: string;
}

export const listOf = (count: number, entry: string) =>
  `[${Array.from({ length: count }, () => entry).join(',')}]`;
export const shipmentOf = (lines: string) =>
  `{"ShipmentNumber":"S","PartnerPO":"1","ShipmentLines":${lines}}`;
const withOwn = (own: string) => `{"ShipmentNumber":"S","PartnerPO":"1","Own":${own},"ShipmentLines":[{}]}`;

/** Bodies made to keep a process busy, by what they are made of. */
export function hostileCalls(partnerId: number): Record<string, HostileCall> {
  const json = 'application/json';
  const post = (path: string, body: string, type = json): HostileCall => ({
    method: 'POST',
    path,
    type,
    body,
  });
  const feed = `/api/v3/Inventory/${partnerId}?dryRun=true`;
  const cartons = listOf(2, '{"Qty":1,"TrackingNumber":"1"}');
  const padding = 'x'.repeat(8_000);
  return {
    'broken lines': post('/api/v3/Shipments', shipmentOf(listOf(45_000, '{"LineNumber":{},"Quantity":"x"}'))),
    'broken lines within the limit': post(
      '/api/v3/Returns',
      `{"ReturnLines":${listOf(1_000, `{"LineNumber":{},"Quantity":"x","Note":"${padding}"}`)}}`,
    ),
    'lines of an acknowledgement': post(
      '/api/v3/Acknowledgements',
      `{"PartnerPO":"1","AckLines":${listOf(1_000, `{"ItemIdentifier":{"SupplierSKU":"A"},"Quantity":1,"ExtendedAttributes":${listOf(60, '{"Name":"x"}')}}`)}}`,
    ),
    'lines in other cases': post(
      '/api/v3/Shipments',
      shipmentOf(
        listOf(
          1_000,
          `{"itemidentifier":{"suppliersku":"A"},"quantity":"1","own":"${padding}","shipmentinfos":${cartons}}`,
        ),
      ),
    ),
    'objects of its own': post('/api/v3/Shipments', withOwn(listOf(90_000, '{"a":1}'))),
    'amounts of its own': post('/api/v3/Shipments', withOwn(listOf(190_000, '19.90'))),
    'one text': post('/api/v3/Shipments', withOwn(`"${'a'.repeat(9_900_000)}"`)),
    'one text of escapes': post('/api/v3/Shipments', withOwn(`"${'\\n'.repeat(4_900_000)}"`)),
    'one text of other letters': post('/api/v3/Shipments', withOwn(`"${'é€'.repeat(1_900_000)}"`)),
    'deep lists': post('/api/v3/Shipments', withOwn(listOf(6_500, `${'['.repeat(29)}1${']'.repeat(29)}`))),
    'too many values': post('/api/v3/Shipments', listOf(3_000_000, '{}')),
    'one member again and again': post('/api/v3/Shipments', `{${'"a":1,'.repeat(1_400_000)}"b":1}`),
    'many keys': {
      ...post(
        '/api/v3/Orders/Status',
        `{"Status":"200","Own":"${padding.repeat(1_000)}","LogicbrokerKeys":${listOf(10_000, '"1"')}}`,
      ),
      method: 'PUT',
    },
    'a report': post('/api/v1/ActivityEvents', `{"Summary":"x","Own":${listOf(190_000, '19.90')}}`),
    'items of a feed': post(feed, listOf(60_000, '{"SupplierSKU":"A","Quantity":1,"Cost":19.90}')),
    'items with many names': post(
      feed,
      `[${Array.from({ length: 100_000 }, (_, at) => `{"n${at % 900}":"${at}"}`).join(',')},{"SupplierSKU":"A"}]`,
    ),
    'rows with a quote inside': post(feed, `SupplierSKU,Quantity\n${'x"\n'.repeat(1_500_000)}`, 'text/csv'),
    'rows of quotes and commas': post(
      feed,
      `SupplierSKU,Quantity\n${`"a"${','.repeat(60_000)}\n`.repeat(80)}`,
      'text/csv',
    ),
  };
}

/** Sends the body in small pieces, as a network brings them. */
export function sendHostile(
  port: number,
  key: string,
  { method, path, type, body }: HostileCall,
): Promise<{ status: number; answer: string }> {
  const bytes = Buffer.from(body);
  const headers = { 'content-type': type, subscriptionkey: key, 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const sending = request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      void textOf(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject);
    });
    sending.on('error', reject);
    const push = (at: number): void => {
      if (at >= bytes.length) sending.end();
      else {
        sending.write(bytes.subarray(at, at + 65_536));
        setImmediate(push, at + 65_536);
      }
    };
    push(0);
  });
}
