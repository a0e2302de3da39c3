/** A process that is told to end while it starts ends in order, at every moment of the start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { freePort, startProcess } from '../support/service-process.js';
import { openServiceWorld } from '../support/service-world.js';
import { answers, endsAtAnyMoment, isReady, type Started } from './end-at-any-moment.js';

t.setTimeout(400_000);

for (const role of ['all', 'api', 'worker']) {
  await t.test(`a start of role ${role} can be ended at any moment`, async (t) => {
    const { environment } = await openServiceWorld(t);
    const [port, workerPort] = [await freePort(), await freePort()];
    const start = async (): Promise<Started> => {
      const started = startProcess(t, {
        ...environment,
        ROLE: role,
        PORT: String(port),
        WORKER_PORT: String(workerPort),
      });
      return { ...started, ready: () => isReady(role === 'worker' ? workerPort : port) };
    };
    await endsAtAnyMoment(t, start, async () => undefined);
  });
}

await t.test('a start of the simulator alone can be ended at any moment', async (t) => {
  const port = await freePort();
  const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
  const stateFile = join(t.testdir({}), 'state.json');
  const start = async (): Promise<Started> => {
    const args = [cli, 'simulator', `--port=${port}`, `--state-file=${stateFile}`];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    t.teardown(() => child.kill('SIGKILL'));
    return {
      ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals),
      running: () => child.exitCode === null && child.signalCode === null,
      signal: (signal) => void child.kill(signal),
      ready: () => answers(`http://127.0.0.1:${port}/_control/health`),
    };
  };
  await endsAtAnyMoment(t, start, async () => undefined);
});
