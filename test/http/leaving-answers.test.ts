import { once } from 'node:events';
import { connect } from 'node:net';
import { fastify } from 'fastify';
import t from 'tap';
import { registerLeavingAnswers } from '../../src/http/leaving-answers.js';

/** More than the sockets of both sides hold. */
const BYTES = 40_000_000;

await t.test('a server that closes lets a long answer to a slow caller leave whole', async (t) => {
  const app = fastify();
  registerLeavingAnswers(app);
  app.get('/', () => 'x'.repeat(BYTES));
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const caller = connect(Number(port), '127.0.0.1');
  t.teardown(() => caller.destroy());
  caller.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [first] = (await once(caller, 'data')) as [Buffer];
  caller.pause();
  const closed = app.close();
  // The caller reads on only when the server has begun to close.
  await new Promise((resolve) => setImmediate(resolve));
  let bytes = first.length;
  caller.on('data', (chunk: Buffer) => (bytes += chunk.length));
  caller.resume();
  await Promise.all([closed, once(caller, 'close')]);
  t.ok(bytes >= BYTES, `${bytes} bytes`);
});

await t.test('a caller that goes away in the middle does not keep the server from closing', async (t) => {
  const app = fastify();
  registerLeavingAnswers(app);
  app.get('/', () => 'x'.repeat(BYTES));
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const caller = connect(Number(port), '127.0.0.1');
  caller.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(caller, 'data');
  caller.pause();
  const closed = app.close();
  caller.destroy();
  await closed;
  t.pass('closed');
});
