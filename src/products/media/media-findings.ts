import { certificateField, variantImageField } from '../content/product-fields.js';
import { imagesOfHtml } from '../content/html-images.js';
import type { ProductFinding } from '../checks/product-finding.js';
import type { Wanted } from '../content/wanted.js';
import type { PlannedUpload } from '../plan/push-plan-types.js';
import type { KnownMedia } from './known-media.js';
import type { MediaRefusal, MediaUse } from './judge-media.js';

/** Columns in which an image of this use stands, where nobody has looked for the place yet. */
const FIELDS: Readonly<Record<MediaUse, string | null>> = {
  MAIN_IMAGE: 'Image 1',
  ATTRIBUTE_IMAGE: 'Variant Image',
  DESCRIPTION_IMAGE: 'Description',
  SIZE_CHART_IMAGE: 'Size Chart',
  CERTIFICATE: null,
};
const LONGEST_VALUE = 300;

/** A refused image or document as a finding; its row, column and SKU say placesOfMedia. */
export function refusalFinding(refusal: MediaRefusal, { url, useCase }: PlannedUpload): ProductFinding {
  return {
    level: 'error',
    rule: 'image-refused',
    field: FIELDS[useCase],
    row: null,
    sku: null,
    value: url.slice(0, LONGEST_VALUE),
    ...refusal,
  };
}

/** Where a product names an image or document. */
interface MediaPlace extends PlannedUpload {
  field: string;
  /** Null for the product. */
  sku: string | null;
}

const SIZE_CHART_ID = /^\d+$/;

/** Every image and document that a product names, in the order of its columns. Pure. */
export function placesOfMedia(wanted: Wanted): MediaPlace[] {
  const { images, skus, sizeChart, certificates, description } = wanted;
  return [
    ...images.map((url, nth): MediaPlace => ({
      url,
      useCase: 'MAIN_IMAGE',
      field: `Image ${nth + 1}`,
      sku: null,
    })),
    ...skus
      .filter(({ isRemoved }) => !isRemoved)
      .flatMap(({ sku, images: own }) =>
        own.map((url, nth): MediaPlace => ({
          url,
          useCase: 'ATTRIBUTE_IMAGE',
          field: variantImageField(nth),
          sku,
        })),
      ),
    ...imagesOfHtml(description ?? '').map((url): MediaPlace => ({
      url,
      useCase: 'DESCRIPTION_IMAGE',
      field: 'Description',
      sku: null,
    })),
    ...(sizeChart === null || SIZE_CHART_ID.test(sizeChart)
      ? []
      : [{ url: sizeChart, useCase: 'SIZE_CHART_IMAGE', field: 'Size Chart', sku: null } as const]),
    ...certificates.flatMap(({ id, files }) =>
      files.map((url): MediaPlace => ({
        url,
        useCase: 'CERTIFICATE',
        field: certificateField(id),
        sku: null,
      })),
    ),
  ];
}

/** Findings of images and documents that are known to be no use, each at its row and column. Pure. */
export function mediaFindings(
  places: readonly MediaPlace[],
  { refusalOf }: Pick<KnownMedia, 'refusalOf'>,
  { row, rows }: { row: number | null; rows: ReadonlyMap<string, number> },
): ProductFinding[] {
  return places.flatMap((place) => {
    const { url, useCase, field, sku } = place;
    const refusal = refusalOf(url, useCase);
    if (refusal === null) return [];
    return [{ ...refusalFinding(refusal, place), field, sku, row: (sku !== null && rows.get(sku)) || row }];
  });
}
