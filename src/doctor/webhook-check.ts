import type { Config } from '../config/config.js';
import type { Database } from '../store/database.js';
import { ok, warn, type Finding } from './finding.js';

/** Whether TikTok tells of changes, for every connection that runs. Without webhooks nothing is lost, only later. */
export async function checkWebhooks(
  db: Pick<Database, 'prisma'>,
  { publicUrl }: Pick<Config, 'publicUrl'>,
): Promise<Finding[]> {
  const rows = await db.prisma.connection.findMany({
    where: { status: 'active' },
    select: { id: true, name: true, webhookWatch: true },
    orderBy: { id: 'asc' },
  });
  if (rows.length === 0) return [ok('webhooks', 'no shop is connected yet')];
  if (publicUrl === null)
    return [
      warn(
        'webhooks',
        'TikTok sends no webhooks, since PUBLIC_URL is not set; changes come by polling.',
        'Set PUBLIC_URL to the https address under which TikTok reaches this service.',
      ),
    ];
  const findings = rows.flatMap(({ id, name, webhookWatch: watch }) => {
    const who = `connection ${id} (${name})`;
    if (!watch || (watch.state === 'off' && watch.reason === null))
      return [warn('webhooks', `No webhooks are registered yet for ${who}.`, 'See whether a worker runs.')];
    if (watch.state !== 'registered')
      return [
        warn('webhooks', `TikTok sends no webhooks for ${who}: ${watch.reason}`, 'Changes come by polling.'),
      ];
    if (watch.silentSince)
      return [
        warn(
          'webhooks',
          `Webhooks for ${who} have gone silent; the last one came before ${watch.silentSince.toISOString()}.`,
          `See whether ${publicUrl} is reached from outside.`,
        ),
      ];
    return [];
  });
  return findings.length > 0 ? findings : [ok('webhooks', `${rows.length} connections are told of changes`)];
}
