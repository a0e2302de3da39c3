/** Whoever reads the log of a process may go away. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { freePort } from '../support/service-process.js';
import { openServiceWorld } from '../support/service-world.js';
import { until } from '../support/waiting.js';
import { isReady } from './end-at-any-moment.js';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

await t.test('a process whose log nobody reads any more serves, and ends when it is told to', async (t) => {
  const { environment } = await openServiceWorld(t);
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    env: { PATH, HOME, ...environment, ROLE: 'all', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  child.stdout.resume();
  child.stderr.resume();
  await until('the start', () => isReady(port));
  child.stdout.destroy();
  child.stderr.destroy();
  for (let calls = 0; calls < 20; calls++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v3/Orders`, {
      headers: { SubscriptionKey: 'nobody' },
    });
    t.equal(answer.status, 401);
  }
  t.ok(await isReady(port), 'it serves on');
  child.kill('SIGTERM');
  t.same(await ended, [0, null]);
});
