import type { Tx } from '../../store/database.js';
import type { ProductTemplate, TemplateCondition } from './product-template.js';

interface StoredValues {
  fixed: Record<string, string>;
  defaults: Record<string, string>;
}

function templateKey(name: string): string {
  return name.trim().toLowerCase();
}

/** In no order; see inOrder. */
export async function listTemplates(tx: Tx, connectionId: number): Promise<ProductTemplate[]> {
  const rows = await tx.productTemplate.findMany({ where: { connectionId }, orderBy: { nameKey: 'asc' } });
  return rows.map((row) => templateOf(row));
}

export async function findTemplate(
  tx: Tx,
  connectionId: number,
  name: string,
): Promise<ProductTemplate | null> {
  const nameKey = templateKey(name);
  const row = await tx.productTemplate.findUnique({
    where: { connectionId_nameKey: { connectionId, nameKey } },
  });
  return row && templateOf(row);
}

interface Saved {
  companyId: number;
  connectionId: number;
  template: Omit<ProductTemplate, 'id'>;
  by: string;
  now: Date;
}

/** Makes the template, or replaces the one of the same name. */
export async function saveTemplate(
  tx: Tx,
  { companyId, connectionId, template, by, now }: Saved,
): Promise<void> {
  const { name, conditions, fixed, defaults, priority } = template;
  const nameKey = templateKey(name);
  const data = {
    name,
    conditions: conditions as object[],
    values: { fixed, defaults },
    priority,
    changedAt: now,
    changedBy: by,
  };
  await tx.productTemplate.upsert({
    where: { connectionId_nameKey: { connectionId, nameKey } },
    create: { companyId, connectionId, nameKey, ...data },
    update: data,
  });
}

/** @returns whether there was one */
export async function deleteTemplate(tx: Tx, connectionId: number, name: string): Promise<boolean> {
  const { count } = await tx.productTemplate.deleteMany({
    where: { connectionId, nameKey: templateKey(name) },
  });
  return count > 0;
}

function templateOf(row: {
  id: number;
  name: string;
  conditions: unknown;
  values: unknown;
  priority: number;
}): ProductTemplate {
  const { fixed, defaults } = row.values as StoredValues;
  const { id, name, priority } = row;
  return { id, name, priority, fixed, defaults, conditions: row.conditions as TemplateCondition[] };
}
