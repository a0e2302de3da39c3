import type { AddressInfo } from 'node:net';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { AppError } from '../../src/kernel/errors.js';
import { systemClock } from '../../src/kernel/time.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import { openDatabase } from '../../src/store/database.js';
import { recordingLog } from '../support/logs.js';
import { testApi } from '../support/api.js';
import { hostileCalls, sendHostile, type HostileCall } from '../support/hostile-bodies.js';
import type { Benchmark } from './benchmark.js';
import type { Guard, Report, Verdict } from './harness.js';

const MOST_RATIO = 3;
const ROUNDS = 5;

/** How long a body keeps the process from everything else, against JSON.parse of its bytes. */
export const stallBenchmark: Benchmark = {
  name: 'hostile',
  about: 'the longest stall of a body',
  async run({ server, quick }): Promise<Report> {
    const db = openDatabase({ url: await server.create('bench_stalls'), prismaConnections: 2 });
    const ends: (() => unknown)[] = [];
    const { app, key, seller } = await testApi({ teardown: (end) => void ends.push(end) }, db, {
      domain: {
        db,
        clock: systemClock,
        log: recordingLog(),
        openShop: () => Promise.reject(new AppError('connection-not-ready', 'There is no shop.')),
        findCancelling,
      } satisfies ShipmentDeps,
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- listening on TCP
    const verdicts: Verdict[] = [];
    const guards: Guard[] = [];
    const notes: Report['notes'] = {};
    for (const [name, call] of Object.entries(hostileCalls(seller.partnerId))) {
      const parseMs = parseTime(call.body);
      let stallMs = Infinity;
      for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
        const sent = await stallOf(port, key, call);
        // A collection of garbage is no part of the work, and not in every round.
        stallMs = Math.min(stallMs, sent.stallMs);
        if (sent.status >= 500)
          guards.push({ name: `an answer to ${name}`, ok: false, detail: String(sent.status) });
      }
      const ratio = stallMs / parseMs;
      verdicts.push({
        of: name,
        against: 'JSON.parse of its bytes',
        atMost: MOST_RATIO,
        ratio,
        met: ratio <= MOST_RATIO,
      });
      notes[name] = `${stallMs.toFixed(1)} ms, JSON.parse ${parseMs.toFixed(1)} ms`;
    }
    for (const end of ends) await end();
    await db.close();
    await server.drop('bench_stalls');
    const settings = { 'rounds, of which the shortest counts': quick ? 1 : ROUNDS };
    return { benchmark: this.about, unit: 'bodies', settings, figures: [], verdicts, guards, notes };
  },
};

/** Processor time of this process in milliseconds: what other processes do meanwhile does not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Of the body itself or, when it is no JSON, of one text of as many bytes. */
function parseTime(body: string): number {
  let json = body;
  try {
    JSON.parse(body);
  } catch {
    json = JSON.stringify(body);
  }
  const times = Array.from({ length: ROUNDS }, () => {
    const started = processorMs();
    JSON.parse(json);
    return processorMs() - started;
  });
  return Math.min(...times);
}

/** Sends the body and watches how long the process ever does one thing only. */
async function stallOf(
  port: number,
  key: string,
  call: HostileCall,
): Promise<{ stallMs: number; status: number }> {
  let stallMs = 0;
  let last = processorMs();
  let isDone = false;
  const tick = (): void => {
    const now = processorMs();
    stallMs = Math.max(stallMs, now - last);
    last = now;
    if (!isDone) setImmediate(tick);
  };
  setImmediate(tick);
  const { status } = await sendHostile(port, key, call).finally(() => (isDone = true));
  return { stallMs, status };
}
