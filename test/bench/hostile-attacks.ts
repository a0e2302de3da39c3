import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { strToU8, zipSync } from 'fflate';

/** What an attack knows of the service. */
export interface Target {
  port: number;
  /** Of a seller. Attacks of outsiders use it in their harmless twin only. */
  key: string;
  partnerId: number;
}

/** One request of an attack, and what a caller without bad intent sends instead: as many bytes, on a connection of its own. */
export interface Shot {
  bytes: Buffer;
  /** Where it comes from: an address of this machine. */
  from?: string;
  /** What ends it; on the way to the `end` of the attack it sends one byte more twice a second. */
  until: 'answer' | 'sent' | 'end';
}

export interface Attack {
  name: string;
  withKey: boolean;
  perSecond: number;
  hostile: (target: Target, shot: number) => Shot;
  harmless: (target: Target, shot: number) => Shot;
  /** Bytes of the body whose reading may stall the service once; attacks with a key only. */
  bodyBytes?: number;
}

const LONG_PATH = 'a'.repeat(15_500);
/** Room that a head has beside what its request needs. */
const MOST_PADDING = 15_500;

/** Every shot from another IPv4 address, as somebody with many machines has them. */
function manyAddresses(shot: number): string {
  return `127.1.${(shot >> 8) & 255}.${shot & 255 || 1}`;
}

function head(line: string, fields: Record<string, string | number>): string {
  const rest = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\nHost: connector\r\nConnection: close\r\n${rest.join('')}\r\n`;
}

function post(
  path: string,
  type: string,
  body: string | Buffer,
  fields: Record<string, string> = {},
): Buffer {
  const bytes = Buffer.from(body as string);
  const first = head(`POST ${path}`, { 'Content-Type': type, 'Content-Length': bytes.length, ...fields });
  return Buffer.concat([Buffer.from(first), bytes]);
}

/** A read of a list of that many bytes in all, or a document of that size that says nothing. */
function plainRequest({ key }: Target, bytes: number): Shot {
  if (bytes > MOST_PADDING) {
    const body = `${' '.repeat(bytes)}{}`;
    return {
      bytes: post('/api/v3/Shipments', 'application/json', body, { SubscriptionKey: key }),
      until: 'answer',
    };
  }
  const fields = { SubscriptionKey: key, 'X-Padding': 'a'.repeat(bytes) };
  return { bytes: Buffer.from(head('GET /api/v3/Statuses', fields)), until: 'answer' };
}

const healthCheck = (padding: number): Shot => ({
  bytes: Buffer.from(head('GET /health/live', { 'X-Padding': 'a'.repeat(padding) })),
  until: 'answer',
});

/** A connection that was used once and is kept, as every ERP's is. */
const keptConnection = ({ key }: Target): Shot => ({
  bytes: Buffer.from(`GET /api/v3/Statuses HTTP/1.1\r\nHost: connector\r\nSubscriptionKey: ${key}\r\n\r\n`),
  until: 'end',
});

const TEN_MB = Buffer.alloc(10_000_000, ' ');
const GUESS = 'login=admin&password=wrong%20password&_csrf=abc';
const FORM = 'application/x-www-form-urlencoded';

const outsiders: Attack[] = [
  {
    name: 'long paths',
    withKey: false,
    perSecond: 20,
    hostile: () => ({ bytes: Buffer.from(head(`GET /${LONG_PATH}`, {})), until: 'answer' }),
    harmless: () => healthCheck(LONG_PATH.length),
  },
  {
    name: 'wrong keys, many ranges',
    withKey: false,
    perSecond: 100,
    hostile: (_target, shot) => ({
      bytes: Buffer.from(head('GET /api/v3/Orders', { SubscriptionKey: randomBytes(32).toString('hex') })),
      from: manyAddresses(shot),
      until: 'answer',
    }),
    harmless: (target) => plainRequest(target, 64),
  },
  {
    name: 'bodies of 10 MB without a key',
    withKey: false,
    perSecond: 4,
    hostile: () => ({ bytes: post('/api/v3/Shipments', 'application/json', TEN_MB), until: 'answer' }),
    harmless: (target) => plainRequest(target, TEN_MB.length),
  },
  {
    name: 'parallel log-ins, many ranges',
    withKey: false,
    perSecond: 20,
    hostile: (_target, shot) => ({
      bytes: post('/login', FORM, GUESS, { Cookie: 'login=abc' }),
      from: manyAddresses(shot),
      until: 'answer',
    }),
    harmless: () => ({ bytes: Buffer.from(head('GET /login', { 'X-Padding': GUESS })), until: 'answer' }),
  },
  {
    name: 'slow bodies',
    withKey: false,
    perSecond: 100,
    hostile: () => ({
      bytes: Buffer.from(head('POST /login', { 'Content-Type': FORM, 'Content-Length': 100_000 })),
      from: '127.2.0.1',
      until: 'end',
    }),
    harmless: keptConnection,
  },
  {
    name: 'aborted uploads without a key',
    withKey: false,
    perSecond: 50,
    hostile: ({ partnerId }) => {
      const fields = { 'Content-Type': 'text/csv', 'Content-Length': 1_000_000 };
      const first = head(`POST /api/v3/Inventory/${partnerId}`, fields);
      return { bytes: Buffer.from(first + 'A,1\n'.repeat(3_000)), until: 'sent' };
    },
    harmless: (target) => plainRequest(target, 12_000),
  },
  {
    name: 'half-open connections',
    withKey: false,
    perSecond: 300,
    hostile: () => ({ bytes: Buffer.from('GET / HTTP/1.1\r\nHost: '), from: '127.2.0.2', until: 'end' }),
    harmless: keptConnection,
  },
  {
    name: 'garbage',
    withKey: false,
    perSecond: 100,
    hostile: () => ({ bytes: randomBytes(2_000), until: 'answer' }),
    harmless: () => healthCheck(2_000),
  },
];

function jsonAttack(name: string, perSecond: number, body: string): Attack {
  const bytes = Buffer.byteLength(body);
  return {
    name,
    withKey: true,
    perSecond,
    bodyBytes: bytes,
    hostile: ({ key }) => ({
      bytes: post('/api/v3/Shipments', 'application/json', body, { SubscriptionKey: key }),
      until: 'answer',
    }),
    harmless: (target) => plainRequest(target, bytes),
  };
}

function uploadAttack(name: string, type: string, body: Buffer): Attack {
  return {
    name,
    withKey: true,
    perSecond: 1,
    bodyBytes: body.length,
    hostile: ({ key, partnerId }) => ({
      bytes: post(`/api/v3/Inventory/${partnerId}?dryRun=true`, type, body, { SubscriptionKey: key }),
      until: 'answer',
    }),
    harmless: (target) => plainRequest(target, body.length),
  };
}

/** 5,000 lines of which nothing is right: 270 kB. */
const manyFindings = JSON.stringify({
  ShipmentNumber: 'x',
  ShipmentLines: Array.from({ length: 5_000 }, () => ({
    LineNumber: {},
    Quantity: 'x',
    ShipmentInfos: 'y',
  })),
});

/** A sheet of elements in one another: some KB to send, megabytes to read. */
function nestedWorkbook(depth: number): Buffer {
  const parts = {
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': '<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': '<a>'.repeat(depth),
  };
  const files = Object.entries(parts).map(([name, text]) => [name, strToU8(text)]);
  return Buffer.from(zipSync(Object.fromEntries(files) as Record<string, Uint8Array>));
}

function manyFields(count: number): Buffer {
  const field = (name: number): string =>
    `--b\r\nContent-Disposition: form-data; name="f${name}"\r\n\r\nx\r\n`;
  return Buffer.from(`${Array.from({ length: count }, (_, name) => field(name)).join('')}--b--\r\n`);
}

const insiders: Attack[] = [
  jsonAttack('JSON with many findings', 1, manyFindings),
  uploadAttack('XLSX bombs', 'application/octet-stream', nestedWorkbook(500_000)),
  jsonAttack('deep JSON', 2, '['.repeat(3_000_000)),
  {
    name: 'huge filters',
    withKey: true,
    perSecond: 20,
    bodyBytes: 0,
    hostile: ({ key }, shot) => {
      const filters = Array.from({ length: 500 }, (_, n) => `filters.f${n}=${'%25'.repeat(4)}${shot}`).join(
        '&',
      );
      return {
        bytes: Buffer.from(head(`GET /api/v3/Orders?${filters}`, { SubscriptionKey: key })),
        until: 'answer',
      };
    },
    harmless: (target) => plainRequest(target, 14_000),
  },
  uploadAttack('forms with many fields', 'multipart/form-data; boundary=b', manyFields(50_000)),
];

export const attacks: readonly Attack[] = [...outsiders, ...insiders];

/** Fires one shot; what it returns ends it, if it has not ended by itself. */
export function fire(port: number, { bytes, from, until }: Shot): () => void {
  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    ...(from === undefined ? {} : { localAddress: from }),
  });
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.write(bytes, () => {
    if (until === 'sent') socket.destroy();
  });
  const dripping = until === 'end' ? setInterval(() => socket.write('x'), 500) : undefined;
  const end = (): void => {
    clearInterval(dripping);
    socket.destroy();
  };
  socket.once('close', () => clearInterval(dripping));
  return end;
}
