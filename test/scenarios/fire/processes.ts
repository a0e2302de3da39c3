import type { Test } from 'tap';
import { demoApp } from '../../../src/simulator/options.js';
import { freePort, startProcess, type ServiceProcess } from '../../support/service-process.js';
import type { ServiceWorld } from '../../support/service-world.js';
import { until } from '../../support/waiting.js';

export type RoleName = 'api' | 'worker one' | 'worker two';
export const roleNames: readonly RoleName[] = ['api', 'worker one', 'worker two'];

/** One api and two workers, each a process of its own that comes back when it was killed. */
export interface Processes {
  url: string;
  /** kill -9, and a new process in its place. */
  kill(role: RoleName): void;
  /** What all processes have logged so far, dead ones included. */
  lines(): string[];
  /** Ends all with SIGTERM. @returns their exit codes */
  end(): Promise<(number | NodeJS.Signals)[]>;
  /** Processes that ended although nobody has killed them. */
  deaths: string[];
}

export async function startProcesses(t: Test, world: ServiceWorld): Promise<Processes> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const all: ServiceProcess[] = [];
  const current = new Map<RoleName, ServiceProcess>();
  const deaths: string[] = [];

  const start = (role: RoleName): void => {
    const started = startProcess(t, {
      ...world.environment,
      ROLE: role === 'api' ? 'api' : 'worker',
      PORT: role === 'api' ? String(port) : '0',
      LEASE_SECONDS: '10',
    });
    all.push(started);
    current.set(role, started);
    void started.ended.then((how) => {
      if (current.get(role) !== started) return;
      // It goes on for a while after the error that ends it.
      const errors = started.lines.filter((line) => line.includes('"level":"error"'));
      deaths.push([`${role}: ${how}`, ...errors, ...started.lines.slice(-20)].join('\n'));
    });
  };

  for (const role of roleNames) start(role);
  world.simulator.control.putApp(demoApp(`${url}/connections/callback`));
  await until('start of the api', () => isReady(url), 60_000, 100);
  return {
    url,
    deaths,
    kill(role) {
      const victim = current.get(role);
      start(role);
      victim?.signal('SIGKILL');
    },
    lines: () => all.flatMap(({ lines }) => lines),
    async end() {
      const running = [...current.values()];
      current.clear();
      for (const survivor of running) survivor.signal('SIGTERM');
      return Promise.all(running.map(({ ended }) => ended));
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
