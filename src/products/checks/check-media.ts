import { imagesOfHtml } from '../content/html-images.js';
import { isMediaName } from '../media/media-name.js';
import { isPublicHost } from './public-host.js';
import { keptSkus, type CheckRule, type Hit } from './check-rule.js';

const LONGEST_URL = 200;
const GOOD_IMAGES = 5;

/** Pictures and files as far as their addresses tell; what they hold is checked once they were fetched. */
export const mediaRules: readonly CheckRule[] = [
  {
    name: 'image-missing',
    level: 'error',
    field: 'Image 1',
    code: '12052028',
    next: 'Give at least one picture',
    find: ({ images }, { isListed }) =>
      images.length === 0 && !isListed
        ? [{ value: null, message: 'every product needs a main picture' }]
        : [],
  },
  {
    name: 'image-address',
    level: 'error',
    field: 'Image 1',
    code: null,
    next: 'Give an address that anybody can open, beginning with https://',
    find: (wanted, { ownHosts }) => [
      ...wanted.images.flatMap((url, nth) => addressHits(url, ownHosts, `Image ${nth + 1}`)),
      ...keptSkus(wanted).flatMap(({ sku, images }) =>
        images.flatMap((url, nth) =>
          addressHits(url, ownHosts, nth === 0 ? 'Variant Image' : `Variant Image ${nth + 1}`).map((hit) => ({
            ...hit,
            sku,
          })),
        ),
      ),
      ...wanted.certificates.flatMap(({ id, files }) =>
        files.flatMap((url) => addressHits(url, ownHosts, `Certificate:${id}`)),
      ),
      ...(wanted.sizeChart !== null && !/^\d+$/.test(wanted.sizeChart)
        ? addressHits(wanted.sizeChart, ownHosts, 'Size Chart')
        : []),
      // Those without an address at all are another rule's.
      ...imagesOfHtml(wanted.description ?? '')
        .filter((url) => /^https?:\/\//i.test(url))
        .flatMap((url) => addressHits(url, ownHosts, 'Description')),
      ...(wanted.video === null ? [] : addressHits(wanted.video, ownHosts, 'Video')),
    ],
  },
  {
    name: 'image-few',
    level: 'warning',
    field: 'Image 1',
    code: null,
    next: 'Add more: TikTok advises five and more',
    find: ({ images }, { isListed }) =>
      images.length > 0 && images.length < GOOD_IMAGES && !isListed
        ? [{ value: String(images.length), message: `has ${images.length} pictures` }]
        : [],
  },
  {
    name: 'product-url',
    level: 'warning',
    field: 'Product Url',
    code: '12052238',
    next: 'Shorten or correct it: it is not sent',
    find: ({ url }) => {
      if (url === null) return [];
      if (!/^https?:\/\/\S+$/i.test(url)) return [{ value: url, message: 'is no address', code: '12052235' }];
      return url.length > LONGEST_URL
        ? [{ value: url, message: `has more than the ${LONGEST_URL} characters that TikTok takes` }]
        : [];
    },
  },
];

/** An address of the commonest form, whose host is all that there is to look at. */
const PLAIN_ADDRESS = /^https?:\/\/([a-z\d.-]{1,200})\/[!-~]{0,2000}$/i;
/** Feeds have many thousand images on few servers. */
const publicHosts = new Set<string>();
const MOST_HOSTS = 1_000;

function isPlainAddress(text: string): boolean {
  const host = PLAIN_ADDRESS.exec(text)?.[1];
  if (host === undefined) return false;
  if (publicHosts.has(host)) return true;
  if (!URL.canParse(text) || !isPublicHost(new URL(text).hostname)) return false;
  if (publicHosts.size >= MOST_HOSTS) publicHosts.clear();
  publicHosts.add(host);
  return true;
}

function addressHits(text: string, ownHosts: readonly string[], field: string): Hit[] {
  if (isMediaName(text)) return [];
  if (isPlainAddress(text)) return [];
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    return [{ field, value: text, message: 'is no address that can be fetched' }];
  const { hostname, username } = new URL(text);
  if (username !== '') return [{ field, value: text, message: 'has a password in its address' }];
  return isPublicHost(hostname) || ownHosts.includes(hostname.replaceAll(/[[\]]/g, '').toLowerCase())
    ? []
    : [
        {
          field,
          value: text,
          message: 'points to an address inside a network, which nobody outside can open',
        },
      ];
}
