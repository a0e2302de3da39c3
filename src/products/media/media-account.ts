import type { Connection } from '../../connections/connection.js';
import { HOUR_MS } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import type { MediaAccount } from './media-store.js';

/** @returns null for a connection that was never authorised */
export async function accountOf(
  { prisma }: Database,
  { authorizationId, companyId }: Pick<Connection, 'authorizationId' | 'companyId'>,
): Promise<MediaAccount | null> {
  if (authorizationId === null) return null;
  const { environment, appKey, openId } = await prisma.authorization.findUniqueOrThrow({
    where: { id: authorizationId },
    select: { environment: true, appKey: true, openId: true },
  });
  return { companyId, environment, appKey, openId };
}

/** Age at which an address is asked for again. */
export function maxAgeOf({ settings }: Pick<Connection, 'settings'>): number {
  return settings.imageCheckHours * HOUR_MS;
}
