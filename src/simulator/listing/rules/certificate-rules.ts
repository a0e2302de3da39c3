import type { Facts, ListingRule } from '../listing-rule.js';
import { hasDoubles } from '../listing-rule.js';

const MOST_CERTIFICATES = 10;
const LEAST_CHART_SIDE = 1024;

export const certificateRules: readonly ListingRule[] = [
  {
    code: 12052655,
    broken: ({ content, rules }) =>
      rules !== undefined &&
      content.certifications.some(({ id }) => !rules.certificates.some((known) => known.id === id)),
  },
  { code: 12052656, broken: ({ content }) => hasDoubles(content.certifications.map(({ id }) => id)) },
  {
    code: 12052657,
    broken: ({ content }) => content.certifications.length > MOST_CERTIFICATES,
  },
  {
    code: 12052658,
    broken: ({ content, world }) =>
      content.certifications.some(({ files }) =>
        files.some(({ id, format }) => format !== 'PDF' || world.uploads.files.get(id)?.format !== 'PDF'),
      ),
  },
  {
    code: 12052105,
    mayLackInDraft: true,
    broken: (facts) =>
      facts.rules?.certificates.some((known) => isNeeded(facts, known) && !isShown(facts, known.id)) ?? false,
  },
  {
    code: 12052385,
    broken: ({ content, rules, world }) =>
      content.certifications.some(({ id, expirationDate }) => {
        if (expirationDate !== undefined) return expirationDate <= world.clock.nowSec();
        return rules?.certificates.some((known) => known.id === id && known.needsExpiry) ?? false;
      }),
  },
  {
    code: 12052673,
    mayLackInDraft: true,
    broken: ({ content, rules }) =>
      rules?.sizeChart === 'required' &&
      content.sizeChart?.image === undefined &&
      content.sizeChart?.templateId === undefined,
  },
  {
    code: 12052128,
    broken: ({ content, world, shop }) => {
      const id = content.sizeChart?.templateId;
      return (
        id !== undefined &&
        !world.listing.sizeCharts.some((chart) => chart.id === id && chart.shopId === shop.id)
      );
    },
  },
  {
    code: 12052671,
    broken: ({ content, world }) => {
      const image = world.uploads.images.get(content.sizeChart?.image ?? '');
      return image !== undefined && Math.min(image.width, image.height) < LEAST_CHART_SIDE;
    },
  },
  // TikTok, 2026: a check of the chart's quality, in some shops. Only seen in an announcement.
  {
    code: 5001001,
    broken: ({ content, world }) =>
      content.sizeChart?.image !== undefined && world.behaviour.sizeChartQuality === 'refused',
  },
];

type Known = NonNullable<Facts['rules']>['certificates'][number];

/** TikTok: a condition that an attribute's value meets makes a certificate required. */
function isNeeded({ content }: Facts, { isRequired, conditions }: Known): boolean {
  const isMet = conditions.some(({ attributeId, valueId }) =>
    content.attributes.some(
      ({ id, values }) => id === attributeId && values.some((value) => value.id === valueId),
    ),
  );
  return isRequired || isMet;
}

function isShown({ content }: Facts, certificateId: string): boolean {
  return content.certifications.some(
    ({ id, images, files }) => id === certificateId && images.length + files.length > 0,
  );
}
