import { messageOf } from '../kernel/errors.js';
import type { Database } from '../store/database.js';
import { keyProblems } from '../store/key-check.js';
import { firstCommon, liveHolders } from '../store/key-ring.js';
import { readSealed, type SealedColumn } from '../store/sealed-columns.js';
import { keyIdOf, type Sealer } from '../store/secrets.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Every stored secret must open with the keys that are configured, and the first of them should seal. */
export async function checkEncryption(
  db: Database,
  sealer: Sealer,
  columns: readonly SealedColumn[],
): Promise<Finding[]> {
  const problems = await keyProblems(db.prisma, { sealer, columns });
  if (problems.length > 0) return problems.map(({ message, next }) => fail('encryption', message, next));
  let count = 0;
  let outdated = 0;
  const broken: string[] = [];
  for (const column of columns) {
    for await (const { place, envelope } of readSealed(db.prisma, column)) {
      count++;
      if (keyIdOf(envelope) !== sealer.keyIds[0]) outdated++;
      try {
        sealer.open(envelope, place);
      } catch (error) {
        broken.push(messageOf(error));
      }
    }
  }
  const [first] = broken;
  if (first !== undefined) {
    return [
      fail(
        'encryption',
        `${broken.length} of ${count} stored secrets cannot be opened. ${first}`,
        'Put back a backup of the row, or let the seller authorise again.',
      ),
    ];
  }
  return outdated > 0
    ? [await waitsFor(db, sealer, outdated)]
    : [ok('encryption', `all ${count} stored secrets open`)];
}

async function waitsFor(db: Database, sealer: Sealer, outdated: number): Promise<Finding> {
  const [wanted] = sealer.keyIds;
  const holders = await liveHolders(db.prisma);
  const older = holders.filter(({ keyIds }) => !keyIds.includes(wanted));
  const text = `${outdated} stored secrets are sealed with an older key than ${wanted}.`;
  if (firstCommon(sealer.keyIds, holders) !== wanted) {
    const names = older.map(({ name }) => name).join(', ');
    return warn(
      'encryption',
      `${text} Not every process knows it: ${names}.`,
      'Restart them with the present ENCRYPTION_KEYS.',
    );
  }
  return warn(
    'encryption',
    text,
    'Keep the older key until a worker has sealed them again, within the hour.',
  );
}
