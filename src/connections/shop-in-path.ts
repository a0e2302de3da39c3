import { Type } from 'typebox';
import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from '../store/database.js';
import type { Connection } from './connection.js';
import { findConnectionByPartner } from './connection-store.js';

export const PartnerParams = Type.Object({
  partnerId: Type.Integer({
    format: 'int32',
    description: 'Company number of the TikTok shop (GET Partners).',
  }),
});

/** The shop that a path names. @throws AppError not-found, also for another company's */
export async function connectionOf(
  { prisma }: Pick<Database, 'prisma'>,
  request: { params: unknown; caller: { companyId: number } },
): Promise<Connection> {
  const { partnerId } = request.params as { partnerId: number };
  return shopNumbered(prisma, { companyId: request.caller.companyId, partnerId });
}

/** @param field that names it, for the error. @throws AppError not-found, also for another company's */
export async function shopNumbered(
  tx: Tx,
  which: { companyId: number; partnerId: number },
  field = 'partnerId',
): Promise<Connection> {
  const connection = await findConnectionByPartner(tx, which);
  if (connection) return connection;
  throw new AppError('not-found', `You have no shop with the company number ${which.partnerId}.`, {
    details: [{ field, message: 'is not known', next: 'GET Partners lists your shops' }],
  });
}
