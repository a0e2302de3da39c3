import type { NewEvent } from '../../documents/document-store.js';
import type { ListingReview } from '../../domain/listing-review.js';
import type { StoredProduct } from '../product-store.js';
import type { Verdict } from '../push/product-push-store.js';
import { listingStateOf } from './listing-state.js';
import { columnOfPosition } from './reason-columns.js';

interface Whose {
  companyId: number;
  connectionId: number;
  productKey: string;
}

/** What all events of a product have, so that they are found again. */
export function linkKeyOf({ connectionId, productKey }: Omit<Whose, 'companyId'>): string {
  return `product:${connectionId}:${productKey}`;
}

/** TikTok has refused what was sent. */
export function refusedEvent(whose: Whose, { reason, next, tiktokCode }: Verdict): NewEvent {
  return {
    ...common(whose),
    event: 'product-refused',
    summary: `TikTok has refused product ${whose.productKey}${tiktokCode ? ` (code ${tiktokCode})` : ''}.`,
    details: [reason, next].filter(Boolean).join(' '),
  };
}

/** What TikTok shows of a product means something else than before, as far as people have to know. */
export function movedEvents(
  whose: Whose,
  { name }: Pick<StoredProduct, 'name'>,
  { before, now }: { before: ListingReview | null; now: ListingReview },
): NewEvent[] {
  const was = before && listingStateOf(before);
  const is = listingStateOf(now);
  if (was?.name === is.name) return [];
  if (is.acts === 'you') {
    const reasons = now.reasons.map(({ position, reasons: texts, suggestions }) => {
      const column = columnOfPosition(position);
      return `${position}${column === null ? '' : ` (column ${column})`}: ${[...texts, ...suggestions].join(' ')}`;
    });
    const details = [...reasons, is.next ?? ''].filter(Boolean).join(' ');
    return [{ ...common(whose), event: 'product-refused', summary: `${name}: ${is.text}`, details }];
  }
  if (is.name !== 'Live') return [];
  return [{ ...common(whose), event: 'product-live', summary: `${name}: ${is.text}` }];
}

function common({ companyId, connectionId, productKey }: Whose) {
  return { companyId, connectionId, linkKey: linkKeyOf({ connectionId, productKey }) };
}
