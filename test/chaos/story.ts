import type { ChaosWorld } from './chaos-world.js';

/** What both sides say of the documents and orders that these sentences name. */
export async function storyOf(world: ChaosWorld, wrong: readonly string[]): Promise<string[]> {
  const { db, simulator } = world;
  const text = wrong.join('\n');
  const { rows } = await db.pool.query<{ key: number; type: string; po: string; reference: string }>(
    'SELECT key, type, partner_po AS po, reference FROM documents ORDER BY key',
  );
  const numbers = new Set(text.match(/\b[A-Z]*\d{4,}\b/g));
  const packages = await db.pool.query<{ key: number; tracking: string }>(
    'SELECT shipment_key AS key, tracking_number AS tracking FROM shipment_packages',
  );
  const byTracking = new Set(
    packages.rows.filter(({ tracking }) => numbers.has(tracking)).map(({ key }) => key),
  );
  const named = rows.filter(
    ({ key, po, reference }) =>
      [String(key), po, reference].some((each) => numbers.has(each)) || byTracking.has(key),
  );
  const orders = new Set([...named.map(({ po }) => po), ...numbers].filter((id) => /^\d{15,}$/.test(id)));
  const lines: string[] = [];
  for (const { key, type, po, reference } of rows.filter(({ po: each }) => orders.has(each))) {
    const events = await db.pool.query<{ level: string; summary: string; details: string | null }>(
      'SELECT level, summary, details FROM events WHERE document_key = $1 ORDER BY id',
      [key],
    );
    lines.push(`-- our side: ${type} ${key} (${reference}) of order ${po}`);
    for (const { level, summary, details } of events.rows)
      lines.push(`   ${level} ${summary} ${details ?? ''}`.trimEnd());
  }
  for (const id of orders) {
    if (!isKnown(world, id)) continue;
    lines.push(`-- TikTok's side: order ${id} is ${simulator.control.order(id).status}`);
    for (const { via, kind, unitIds, trackingNumber } of simulator.control.effects({ order: id }))
      lines.push(`   ${via}: ${kind} ${trackingNumber} ${unitIds.join()}`);
  }
  const calls = simulator.control.requests().filter(({ path, body, query }) => {
    const call = `${path} ${JSON.stringify(body)} ${JSON.stringify(query)}`;
    return [...orders].some((id) => call.includes(id));
  });
  lines.push("-- TikTok's side: calls that name these orders");
  for (const { at, method, path, httpStatus, code, faults, body } of calls)
    lines.push(
      `   ${at} ${method} ${path} ${httpStatus} ${code} ${faults.join()} ${JSON.stringify(body ?? '')}`,
    );
  return lines;
}

function isKnown({ simulator }: ChaosWorld, id: string): boolean {
  try {
    simulator.control.order(id);
    return true;
  } catch {
    return false;
  }
}
