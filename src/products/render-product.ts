import { toIsoSeconds } from '../kernel/time.js';
import type { ProductFinding } from './checks/product-finding.js';
import type { StoredProduct, StoredSku } from './product-store.js';

/** One SKU as Logicbroker's catalogue shows it: what is wanted of it and of its product. */
export function renderSku(product: StoredProduct, sku: StoredSku): object {
  const errors = (product.findings as ProductFinding[]).filter(
    ({ level, sku: of }) => level === 'error' && (of === null || of === sku.sku),
  );
  return {
    Id: sku.sku,
    Attributes: {
      'Merchant SKU': sku.sku,
      'Parent SKU': product.name,
      ...product.fields,
      ...sku.fields,
      ...(sku.isRemoved ? { Action: 'RemoveVariant' } : {}),
      ...(product.tiktokProductId === null ? {} : { TikTokProductId: product.tiktokProductId }),
      ...(sku.tiktokSkuId === null ? {} : { TikTokSkuId: sku.tiktokSkuId }),
    },
    LastModified: toIsoSeconds(sku.updatedAt > product.updatedAt ? sku.updatedAt : product.updatedAt),
    ErrorMessage: errors.length === 0 ? undefined : errors.map((finding) => sentenceOf(finding)).join(' '),
  };
}

/** A product as the items of a feed show it. */
export function renderItem(product: StoredProduct): object {
  const isChecked = product.checkedVersion === product.version;
  return {
    ProductId: product.name,
    IsCompliant: isChecked ? (product.isCompliant ?? false) : undefined,
    Row: product.rowNumber ?? undefined,
    Skus: product.skus.map(({ sku }) => sku),
    Attributes: product.fields,
    Variants: product.skus.map((sku) => ({
      Id: sku.sku,
      Attributes: sku.isRemoved ? { ...sku.fields, Action: 'RemoveVariant' } : sku.fields,
      LastModified: toIsoSeconds(sku.updatedAt),
    })),
    Findings: (product.findings as ProductFinding[]).map((finding) => renderFinding(finding)),
    TikTokProductId: product.tiktokProductId ?? undefined,
    Status: statusOf(product),
    LastModified: toIsoSeconds(product.updatedAt),
  };
}

function statusOf({ tiktokProductId, askedVersion, version }: StoredProduct): string {
  if (askedVersion === version) return 'Asked';
  return tiktokProductId === null ? 'Draft' : 'Listed';
}

export function renderFinding(finding: ProductFinding): object {
  const { level, rule, field, row, sku, value, message, code, nearest, next } = finding;
  return {
    Level: level,
    Rule: rule,
    Column: field ?? undefined,
    Row: row ?? undefined,
    Sku: sku ?? undefined,
    Value: value ?? undefined,
    Message: message,
    TikTokCode: code ?? undefined,
    Nearest: nearest ?? undefined,
    Next: next,
  };
}

function sentenceOf({ field, message, next }: ProductFinding): string {
  return `${field === null ? '' : `${field}: `}${message}. ${next}.`;
}
