import type {
  CategoryDemands,
  CategoryVersion,
  ListingAttribute,
  ShopCategory,
} from '../../domain/listing.js';
import type { Tx } from '../../store/database.js';

/** All categories of a shop's market, as TikTok answered at a time. */
export interface HeldCategories {
  categories: ShopCategory[];
  fetchedAt: Date;
}

/** What TikTok demanded of products of a category at a time. */
export interface HeldRules {
  categoryId: string;
  version: CategoryVersion;
  demands: CategoryDemands;
  attributes: ListingAttribute[];
  fetchedAt: Date;
}

export async function readCategories(
  tx: Tx,
  connectionId: number,
  version: CategoryVersion,
): Promise<HeldCategories | null> {
  const row = await tx.categoryList.findUnique({
    where: { connectionId_version: { connectionId, version } },
  });
  // Written by `saveCategories` only.
  return row && { categories: row.categories as unknown as ShopCategory[], fetchedAt: row.fetchedAt };
}

export async function saveCategories(
  tx: Tx,
  connectionId: number,
  version: CategoryVersion,
  { categories, fetchedAt }: HeldCategories,
): Promise<void> {
  const values = {
    categories: categories.map((category) => ({ ...category, permissions: [...category.permissions] })),
    fetchedAt,
  };
  await tx.categoryList.upsert({
    where: { connectionId_version: { connectionId, version } },
    create: { connectionId, version, ...values },
    update: values,
  });
}

type RuleRow = NonNullable<Awaited<ReturnType<Tx['categoryRule']['findFirst']>>>;

export async function readRules(tx: Tx, connectionId: number, categoryId: string): Promise<HeldRules | null> {
  const row = await tx.categoryRule.findUnique({
    where: { connectionId_categoryId: { connectionId, categoryId } },
  });
  return row && rulesFrom(row);
}

/** Of all categories that were ever asked for, oldest first. */
export async function listRules(tx: Tx, connectionId: number): Promise<HeldRules[]> {
  const rows = await tx.categoryRule.findMany({ where: { connectionId }, orderBy: { fetchedAt: 'asc' } });
  return rows.map(rulesFrom);
}

function rulesFrom(row: RuleRow): HeldRules {
  return {
    categoryId: row.categoryId,
    version: row.version === 'v1' ? 'v1' : 'v2',
    // Written by `saveRules` only.
    demands: row.demands as unknown as CategoryDemands,
    attributes: row.attributes as unknown as ListingAttribute[],
    fetchedAt: row.fetchedAt,
  };
}

export async function saveRules(tx: Tx, connectionId: number, rules: HeldRules): Promise<void> {
  const { categoryId, version, fetchedAt } = rules;
  const values = {
    version,
    fetchedAt,
    demands: structuredClone(rules.demands) as object,
    attributes: structuredClone(rules.attributes) as object[],
  };
  await tx.categoryRule.upsert({
    where: { connectionId_categoryId: { connectionId, categoryId } },
    create: { connectionId, categoryId, ...values },
    update: values,
  });
}

/** TikTok has refused a product for a rule that is not what is held: the next who asks has TikTok asked. */
export async function forgetRules(tx: Tx, connectionId: number, categoryId: string): Promise<void> {
  await tx.categoryRule.deleteMany({ where: { connectionId, categoryId } });
}
