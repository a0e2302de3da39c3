import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Test } from 'tap';
import { databaseUrl } from '../support/test-server.js';
import { freePort } from '../support/service-process.js';
import { until } from '../support/waiting.js';
import type { Image } from './read-image.js';
import { runProgram, startProgram, type Program } from './run-program.js';

const WITHIN_MS = 180_000;

export interface ServiceProof {
  image: Image;
  /** Where the image's files and packages are. */
  folder: string;
  /** A PostgreSQL in which a database can be made. */
  serverUrl: string;
  redisUrl: string | null;
  store: string;
}

/** An empty database is migrated, an api and a worker serve on it as in production, and both end when they are told to. */
export async function proveService(t: Test, proof: ServiceProof): Promise<void> {
  t.ok(proof.store === 'PostgreSQL' || proof.redisUrl, 'the store of the queue is there');
  const environment = await productionOn(t, proof);
  const { folder, image } = proof;
  const [node = '', ...parameters] = image.command;

  const migrated = await runProgram(node, ['dist/src/cli.js', 'migrate'], {
    folder,
    environment,
    withinMs: WITHIN_MS,
  });
  t.equal(migrated.code, 0, migrated.code === 0 ? 'it migrates' : migrated.output);

  const programs: [role: string, url: string, program: Program][] = [];
  for (const role of ['api', 'worker']) {
    const port = String(await freePort());
    const program = startProgram(node, parameters, {
      folder,
      environment: { ...environment, ROLE: role, [role === 'api' ? 'PORT' : 'WORKER_PORT']: port },
      withinMs: WITHIN_MS,
    });
    t.teardown(() => program.process.kill('SIGKILL'));
    programs.push([role, `http://127.0.0.1:${port}`, program]);
  }
  for (const [role, url, program] of programs) {
    await until(
      `an answer of the ${role}`,
      async () => program.process.exitCode !== null || (await statusOf(`${url}/health/ready`)) === 200,
      WITHIN_MS,
      200,
    );
    t.equal(await statusOf(`${url}/health/ready`), 200, `the ${role} is ready`);
    if (role !== 'api') continue;
    for (const path of ['/docs', '/docs/json', '/login'])
      t.equal(await statusOf(url + path), 200, `the ${role} answers ${path}`);
  }
  for (const [role, , program] of programs) {
    program.process.kill('SIGTERM');
    const { code, output } = await program.ended;
    t.equal(code, 0, `the ${role} ends in order`);
    t.same(errorsOf(output), [], `the ${role} has logged no error`);
  }
}

/** The environment that docker-compose.yml and .env give, on a database of its own. */
async function productionOn(t: Test, { serverUrl, redisUrl }: ServiceProof): Promise<NodeJS.ProcessEnv> {
  const name = `image_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  t.teardown(() => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const { PATH = '' } = process.env;
  return {
    PATH,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://connector.test',
    DATABASE_URL: databaseUrl(serverUrl, name),
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    ENCRYPTION_KEYS: `image:${randomBytes(32).toString('base64')}`,
    TIKTOK_APP_KEY: 'key',
    TIKTOK_APP_SECRET: 'secret',
    TIKTOK_SERVICE_ID: '7000000000000000000',
    LOG_LEVEL: 'info',
  };
}

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(10_000) })).status;
  } catch {
    return 0;
  }
}

/** Lines of pino's levels `error` and `fatal`, and what is no log at all, such as a stack. */
function errorsOf(output: string): string[] {
  return output.split('\n').filter((line) => {
    if (line.trim() === '') return false;
    const level = /"level":"?(\w+)/.exec(line)?.[1];
    return level === undefined || ['error', 'fatal', '50', '60'].includes(level);
  });
}

async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
