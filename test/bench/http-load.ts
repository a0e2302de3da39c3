import { Pool } from 'undici';

export interface Load {
  requests: number;
  /** Answers that were not 200, or came without a body. */
  failures: number;
  bytes: number;
  /** Milliseconds of every answer, in the order of their end. */
  latenciesMs: number[];
}

export interface Client {
  /** Asks for one path after the other with `clients` requests in flight, until the time is over. */
  forSeconds(seconds: number, clients: number, pathOf: (request: number) => string): Promise<Load>;
  /** Asks for `count` paths, one after the other. */
  inSequence(count: number, pathOf: (request: number) => string): Promise<Load>;
  json(path: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A client of the API, or of the pages with a cookie in `more`, that reads answers to their end and does not look into them, so that
 * it costs little.
 */
export function openClient(origin: string, key: string, more: Record<string, string> = {}): Client {
  const pool = new Pool(origin, { connections: 16, pipelining: 1 });
  const headers = { SubscriptionKey: key, ...more };

  async function ask(load: Load, path: string): Promise<void> {
    const started = performance.now();
    const { statusCode, body } = await pool.request({ path, method: 'GET', headers });
    let bytes = 0;
    for await (const chunk of body) bytes += (chunk as Buffer).length;
    load.requests += 1;
    load.bytes += bytes;
    if (statusCode !== 200 || bytes === 0) load.failures += 1;
    load.latenciesMs.push(performance.now() - started);
  }

  return {
    async forSeconds(seconds, clients, pathOf) {
      const load = emptyLoad();
      const deadline = performance.now() + seconds * 1000;
      let request = 0;
      const client = async (): Promise<void> => {
        while (performance.now() < deadline) await ask(load, pathOf(request++));
      };
      await Promise.all(Array.from({ length: clients }, client));
      return load;
    },
    async inSequence(count, pathOf) {
      const load = emptyLoad();
      for (let request = 0; request < count; request++) await ask(load, pathOf(request));
      return load;
    },
    async json(path) {
      const { body } = await pool.request({ path, method: 'GET', headers });
      return body.json();
    },
    close: () => pool.close(),
  };
}

function emptyLoad(): Load {
  return { requests: 0, failures: 0, bytes: 0, latenciesMs: [] };
}

/** Such as `p50 3.1 ms, p99 8.0 ms`. */
export function latencyText(latenciesMs: number[]): string {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
