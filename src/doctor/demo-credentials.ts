import { findCallerByKey, DEMO_KEY } from '../companies/api-key-store.js';
import { DEMO_OPERATOR, operatorsWithPassword } from '../companies/operator-store.js';
import type { Config } from '../config/config.js';
import { AppError } from '../kernel/errors.js';
import type { Database } from '../store/database.js';
import { fail, ok, type Finding } from './finding.js';

/** What the demo makes and everybody knows, one check each; the README tells key, log-in and the simulator's accounts. */
const demoChecks = {
  'demo-key': findKey,
  'demo-operator': findOperators,
  'demo-shop': findShops,
} as const;

type DemoCheck = keyof typeof demoChecks;
type Find = (db: DemoStore, now: Date) => Promise<Omit<Finding, 'check' | 'state'>[]>;
type DemoStore = Pick<Database, 'pool' | 'prisma'>;

/**
 * The one list of the demo's credentials in a database: a start in production refuses them, the doctor tells them. It checks
 * every operator's password against the demo's, which takes some tenths of a second each. Outside production a simulator
 * is nothing wrong.
 */
export async function checkDemoCredentials(db: DemoStore, config: Config, now: Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [check, find] of Object.entries(demoChecks) as [DemoCheck, Find][]) {
    const isWrong = check === 'demo-shop' ? config.mode === 'production' : config.mode !== 'demo';
    const found = isWrong ? await find(db, now) : [];
    if (found.length === 0)
      findings.push(ok(check, isWrong ? 'none' : 'not looked for: in use here, as it should be'));
    for (const { detail, next } of found) findings.push(fail(check, detail, next ?? ''));
  }
  return findings;
}

/**
 * For a start: a database that was once a demo's must not open with what everybody knows.
 * @throws AppError configuration-invalid that names everything that was found, with what to do
 */
export async function refuseDemoCredentials(db: DemoStore, config: Config, now: Date): Promise<void> {
  if (config.mode !== 'production') return;
  const found = (await checkDemoCredentials(db, config, now)).filter(({ state }) => state === 'fail');
  if (found.length === 0) return;
  const lines = found.map(({ detail, next }) => `  ${detail}\n    -> ${next}`);
  const message = `This database has credentials of the demo, which are public:\n${lines.join('\n')}`;
  throw new AppError('configuration-invalid', message);
}

async function findKey(db: DemoStore, now: Date): ReturnType<Find> {
  const caller = await findCallerByKey(db, DEMO_KEY, now);
  if (!caller) return [];
  const { companyId } = caller;
  const key = await db.prisma.apiKey.findUnique({ where: { id: caller.keyId }, select: { slot: true } });
  return [
    {
      detail: `The demo's API key opens the documents of company ${companyId}.`,
      next: `Put another in its place: create-key ${companyId} --slot ${key?.slot ?? 'primary'} --replace`,
    },
  ];
}

async function findOperators(db: DemoStore): ReturnType<Find> {
  const { login, password } = DEMO_OPERATOR;
  const others = (await operatorsWithPassword(db.prisma, password)).filter((one) => one.login !== login);
  const demo = await db.prisma.operator.findUnique({ where: { login }, select: { id: true } });
  return [
    ...(demo
      ? [
          {
            detail: `The demo's operator ${login} can log in.`,
            next: `Remove it: remove-operator ${login} (after create-operator, when it is the only one)`,
          },
        ]
      : []),
    ...others.map((one) => ({
      detail: `The operator ${one.login} has the demo's password.`,
      next: `Give the operator another: set-password ${one.login}`,
    })),
  ];
}

/** Connections to a simulator, and what its sellers have granted: its app's secret is in every copy of this program. */
async function findShops(db: DemoStore): ReturnType<Find> {
  const next = "Close all of them and forget the simulator's tokens: close-connection --simulator";
  const connections = await db.prisma.connection.findMany({
    where: { environment: 'simulator', status: { not: 'closed' } },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  });
  const authorizations = await db.prisma.authorization.findMany({
    where: {
      environment: 'simulator',
      OR: [{ accessToken: { not: null } }, { refreshToken: { not: null } }],
    },
    select: { id: true, sellerName: true },
    orderBy: { id: 'asc' },
  });
  return [
    ...connections.map(({ id, name }) => ({
      detail: `Connection ${id} (${name}) leads to a simulator.`,
      next,
    })),
    ...authorizations.map(({ id, sellerName }) => ({
      detail: `Authorisation ${id} (${sellerName ?? 'no name'}) is of the simulator's app.`,
      next,
    })),
  ];
}
