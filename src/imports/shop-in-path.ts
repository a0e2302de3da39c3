import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { findConnectionByPartner } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import type { Database } from '../store/database.js';

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
  const { companyId } = request.caller;
  const connection = await findConnectionByPartner(prisma, { companyId, partnerId });
  if (connection) return connection;
  throw new AppError('not-found', `You have no shop with the company number ${partnerId}.`, {
    details: [{ field: 'partnerId', message: 'is not known', next: 'GET Partners lists your shops' }],
  });
}
