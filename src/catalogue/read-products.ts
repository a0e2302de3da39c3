import type { ProductPage, ProductSearch } from '../tiktok/product-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import { SECOND_MS } from '../kernel/time.js';

/** Times of change, both ends included; ISO 8601, since they are kept with the flow. */
export interface Span {
  /** Null: from the beginning. */
  from: string | null;
  to: string;
  /** Narrows by creation as well, for a second in which too many products changed. */
  created?: { from: string | null; to: string };
}

/** TikTok: Search Products takes 1 to 100. */
const PAGE_SIZE = 100;
/** TikTok answers no search with over 10,000 hits; half of it, so that a span that is begun anew costs little. */
const MOST_HITS = 5_000;
/** How often a span is read in which products moved while it was read. */
const SPAN_READS = 3;
/** Before TikTok Shop began: a null end of a span that has to be halved. */
const BEGINNING_MS = Date.UTC(2019, 0, 1);

/** `halves`: too many products for one search, nothing was read; the two spans together are the given one. */
type SpanOutcome = { halves: [Span, Span] } | { halves: null };

/**
 * Reads all products that changed in a span of time, page after page, and hands each page on. The order of the hits is
 * TikTok's own, so that page tokens have to be followed; a product that changes meanwhile leaves the span and may hide
 * its neighbour, which is why a span that showed fewer products than it had is read again.
 */
export async function readSpan(
  api: Pick<ShopApi, 'searchProducts'>,
  span: Span,
  take: (page: ProductPage) => Promise<void>,
): Promise<SpanOutcome> {
  for (let read = 1; ; read++) {
    const first = await firstPage(api, span);
    const halves = first && first.totalCount <= MOST_HITS ? null : halvesOf(span);
    if (halves) return { halves };
    // A second of one creation second can be halved no further: what TikTok shows of it is taken.
    if (!first) return { halves: null };
    const seen = await readOn(api, span, first, take);
    if (seen >= first.totalCount || read === SPAN_READS) return { halves: null };
  }
}

/** Null: TikTok refuses to answer, there are too many hits. */
async function firstPage(api: Pick<ShopApi, 'searchProducts'>, span: Span): Promise<ProductPage | null> {
  try {
    return await api.searchProducts(searchOf(span));
  } catch (error) {
    if (error instanceof TikTokError && error.tiktokCode === '12052180') return null;
    throw error;
  }
}

/** @returns how many products were shown, each counted once */
async function readOn(
  api: Pick<ShopApi, 'searchProducts'>,
  span: Span,
  first: ProductPage,
  take: (page: ProductPage) => Promise<void>,
): Promise<number> {
  const seen = new Set<string>();
  let unreadable = 0;
  for (let page = first; ;) {
    await take(page);
    for (const { productId } of page.products) seen.add(productId);
    unreadable += page.unreadable;
    if (!page.nextPageToken) return seen.size + unreadable;
    page = await api.searchProducts({ ...searchOf(span), pageToken: page.nextPageToken });
  }
}

function searchOf({ from, to, created }: Span): ProductSearch {
  return {
    pageSize: PAGE_SIZE,
    ...(from === null ? {} : { updatedFrom: new Date(from) }),
    updatedTo: new Date(to),
    ...(created ? { createdTo: new Date(created.to) } : {}),
    ...(created?.from ? { createdFrom: new Date(created.from) } : {}),
  };
}

/** Null when the span is a single second already, by change and by creation. */
function halvesOf(span: Span): [Span, Span] | null {
  const byChange = halve(span);
  if (byChange)
    return [
      { ...span, ...byChange[0] },
      { ...span, ...byChange[1] },
    ];
  const byCreation = halve(span.created ?? { from: null, to: span.to });
  return (
    byCreation && [
      { ...span, created: byCreation[0] },
      { ...span, created: byCreation[1] },
    ]
  );
}

type Ends = Pick<Span, 'from' | 'to'>;

function halve({ from, to }: Ends): [Ends, Ends] | null {
  const fromSecond = Math.floor((from === null ? BEGINNING_MS : Date.parse(from)) / SECOND_MS);
  const toSecond = Math.floor(Date.parse(to) / SECOND_MS);
  if (toSecond <= fromSecond) return null;
  const middle = Math.floor((fromSecond + toSecond) / 2);
  return [
    { from, to: isoOf(middle) },
    { from: isoOf(middle + 1), to },
  ];
}

function isoOf(second: number): string {
  return new Date(second * SECOND_MS).toISOString();
}
