const SECRET_NAMES = new Set([
  'sign',
  'app_secret',
  'access_token',
  'refresh_token',
  'auth_code',
  'x-tts-access-token',
]);

interface SeenRequest {
  atMs: number;
  method: string;
  path: string;
  query: Iterable<readonly [string, string]>;
  body: unknown;
  shopId: string | undefined;
  /** 0 when the connection was cut instead of an answer. */
  httpStatus: number;
  /** The envelope's code; -1 when there was no envelope. */
  code: number;
  /** The envelope's message. */
  message?: string;
  /** The app's name, when its key is known. */
  app?: string | undefined;
  /** Which check or part of the simulator refused, and what it says to developers. */
  refusedBy?: string | undefined;
  explanation?: string | undefined;
  /** Whether TikTok's documents list the code for the call. */
  isDocumented?: boolean | undefined;
  /** The answer of a refused call, cut. */
  answer?: string | undefined;
  requestId: string;
  durationMs: number;
  faults: readonly string[];
}

export interface LoggedRequest {
  seq: number;
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  body?: unknown;
  shopId?: string;
  httpStatus: number;
  code: number;
  message: string;
  app?: string;
  refusedBy?: string;
  explanation?: string;
  isDocumented?: boolean;
  answer?: string;
  requestId: string;
  durationMs: number;
  faults: string[];
}

export interface RequestFilter {
  path?: string | undefined;
  method?: string | undefined;
  shop?: string | undefined;
  code?: number | undefined;
  afterSeq?: number | undefined;
  limit?: number | undefined;
}

/** The last calls received, newest last, without their secrets. */
export class RequestLog {
  private entries: LoggedRequest[] = [];
  private seq = 0;

  constructor(private readonly kept = 10_000) {}

  add(seen: SeenRequest): void {
    const query = [...seen.query].map(
      ([name, value]) => [name, SECRET_NAMES.has(name) ? '[secret]' : value] as const,
    );
    const entry: LoggedRequest = {
      seq: ++this.seq,
      at: new Date(seen.atMs).toISOString(),
      method: seen.method,
      path: seen.path,
      query: Object.fromEntries(query),
      httpStatus: seen.httpStatus,
      code: seen.code,
      message: seen.message ?? '',
      requestId: seen.requestId,
      durationMs: Math.round(seen.durationMs * 100) / 100,
      faults: [...seen.faults],
    };
    if (seen.body !== undefined) entry.body = seen.body;
    if (seen.shopId !== undefined) entry.shopId = seen.shopId;
    if (seen.app !== undefined) entry.app = seen.app;
    if (seen.refusedBy !== undefined) entry.refusedBy = seen.refusedBy;
    if (seen.explanation !== undefined) entry.explanation = seen.explanation;
    if (seen.isDocumented !== undefined) entry.isDocumented = seen.isDocumented;
    if (seen.answer !== undefined) entry.answer = seen.answer;
    this.entries.push(entry);
    // Cut in large steps: shifting one by one would cost a copy of the list for each request.
    if (this.entries.length > this.kept * 1.2) this.entries = this.entries.slice(-this.kept);
  }

  /** `path` is a prefix. */
  list(filter: RequestFilter = {}): LoggedRequest[] {
    const found = this.entries.filter(
      (entry) =>
        (filter.path === undefined || entry.path.startsWith(filter.path)) &&
        (filter.method === undefined || entry.method === filter.method) &&
        (filter.shop === undefined || entry.shopId === filter.shop) &&
        (filter.code === undefined || entry.code === filter.code) &&
        (filter.afterSeq === undefined || entry.seq > filter.afterSeq),
    );
    return filter.limit === undefined ? found : found.slice(-filter.limit);
  }

  clear(): void {
    this.entries = [];
  }
}
