import { imagePlaces, imagesIn, imageTags, misplacedUri, unknownUri } from '../image-place.js';
import type { Facts, ListingRule } from '../listing-rule.js';

const MOST_MAIN_IMAGES = 9;
const MIN_SIDE = 300;
const MAX_SIDE = 4000;
const MOST_DESCRIPTION_IMAGES = 30;
const LEAST_RATIO = 3 / 4;
const { main, variant, description, certificate, sizeChart } = imagePlaces;

/** TikTok: listing check and partial edit have a code of their own for a uri that does not exist. */
function knowsMissing({ call }: Facts): boolean {
  return call === 'check' || call === 'partial_edit';
}

/** Where an image comes from, the same for each place: uploaded, and for this place. */
const places: readonly ListingRule[] = [main, description, variant, certificate, sizeChart].flatMap(
  (place): ListingRule[] => [
    {
      code: (facts) => (knowsMissing(facts) ? 12052722 : place.code),
      broken: (facts) => unknownUri(facts, place) !== undefined,
    },
    { code: place.code, broken: (facts) => misplacedUri(facts, place) !== undefined },
  ],
);

export const imageRules: readonly ListingRule[] = [
  {
    code: 12052028,
    mayLackInDraft: true,
    // Seen live: a full edit without images was taken, though they are "required".
    broken: ({ content, call, world }) =>
      content.mainImages.length === 0 &&
      !(call === 'edit' && world.behaviour.editWithoutImages === 'accepted'),
  },
  { code: 12052306, broken: ({ content }) => content.mainImages.length > MOST_MAIN_IMAGES },
  ...places,
  {
    code: 12052301,
    broken: (facts) => {
      const small = imagesIn(facts, main).find(({ width, height }) => Math.min(width, height) < MIN_SIDE);
      return small === undefined ? undefined : { min_limit: String(MIN_SIDE), uri: small.uri };
    },
  },
  {
    code: 12052302,
    broken: (facts) => imagesIn(facts, main).some(({ width, height }) => Math.max(width, height) > MAX_SIDE),
  },
  { code: 12052305, broken: (facts) => imagesIn(facts, main).some(isLong) },
  { code: 12052524, broken: (facts) => imagesIn(facts, variant).some(isLong) },
  {
    code: 12052056,
    broken: ({ content }) => imageTags(content.description).length > MOST_DESCRIPTION_IMAGES,
  },
  {
    code: 12052348,
    broken: ({ content }) =>
      imageTags(content.description).some((tag) => !('src' in tag && 'width' in tag && 'height' in tag)),
  },
  {
    code: 12052341,
    broken: ({ content }) =>
      imageTags(content.description).some(
        ({ width, height }) => Math.max(Number(width), Number(height)) >= MAX_SIDE,
      ),
  },
  {
    code: 12052360,
    broken: ({ content, base, world }) =>
      content.videoId !== undefined &&
      content.videoId !== base?.videoId &&
      ['PDF', undefined].includes(world.uploads.files.get(content.videoId)?.format),
  },
];

/** Squares are made of long images at the upload, unless the behaviour keeps them. */
function isLong({ width, height }: { width: number; height: number }): boolean {
  return Math.min(width, height) / Math.max(width, height) < LEAST_RATIO;
}
