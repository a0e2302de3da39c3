import type {
  Listing,
  ListingAttributeValues,
  ListingCertificateFiles,
  ListingDimensions,
  ListingMeasure,
} from '../../domain/shop-listing.js';
import { Decimal } from 'decimal.js';
import { DAY_MS, SECOND_MS } from '../../kernel/time.js';
import type { PlannedContent, PlannedImage } from './planned-content.js';
import type { PlannedChange, PlannedUpload } from './push-plan-types.js';

/** Members of an edit that are about the product, each whole: what is left out of an object would be blank afterwards. */
interface ProductChanges {
  body: Record<string, unknown>;
  changes: PlannedChange[];
  uploads: PlannedUpload[];
  isCategoryChanged: boolean;
}

/** What of a product (not of its SKUs) differs from what TikTok has. What the feed never said does not differ. */
export function productChanges(listing: Listing, wanted: PlannedContent): ProductChanges {
  const result: ProductChanges = { body: {}, changes: [], uploads: [], isCategoryChanged: false };
  const note = (
    field: string,
    from: string | null,
    to: string | null,
    member: Record<string, unknown>,
  ): void => {
    result.changes.push({ field, sku: null, from, to });
    Object.assign(result.body, member);
  };
  const { title, description, categoryId, brandId, images, weight, dimensions } = wanted;
  if (title !== undefined && title !== listing.title) note('Title', listing.title, title, { title });
  if (description !== undefined && sameHtml(description) !== sameHtml(listing.description)) {
    note('Description', listing.description, description, { description });
    result.uploads.push(...(wanted.descriptionUploads ?? []));
  }
  if (categoryId !== undefined && categoryId !== listing.categoryId) {
    result.isCategoryChanged = true;
    note('Category', listing.categoryId, categoryId, { category_id: categoryId });
  }
  if (brandId !== undefined && brandId !== listing.brandId)
    note('Brand', listing.brandId, brandId, { brand_id: brandId ?? '' });
  if (images !== undefined && !isSameImages(listing.images, images)) {
    const member = { main_images: images.map(({ uri }) => ({ uri })) };
    note('Image 1', listing.images.join(' '), images.map(({ url }) => url).join(' '), member);
    result.uploads.push(...uploadsOf(images, 'MAIN_IMAGE'));
  }
  if (weight !== undefined && !isSameMeasure(listing.weight, weight))
    note('Weight', measureText(listing.weight), measureText(weight), { package_weight: { ...weight } });
  if (dimensions && !isSameDimensions(listing.dimensions, dimensions))
    note('Length', dimensionsText(listing.dimensions), dimensionsText(dimensions), {
      package_dimensions: { ...dimensions },
    });
  noteAttributes(listing, wanted, note);
  noteCompliance(listing, wanted, note, result);
  return result;
}

type Note = (field: string, from: string | null, to: string | null, member: Record<string, unknown>) => void;

/** The feed's attributes replace those of the same id; the rest of the list is carried along, since it is replaced whole. */
function noteAttributes(listing: Listing, { attributes }: PlannedContent, note: Note): void {
  if (attributes === undefined) return;
  const known = new Map(listing.attributes.map((each) => [each.id, each]));
  const different = attributes.filter((each) => !isSameValues(known.get(each.id), each));
  if (different.length === 0) return;
  const wanted = new Map(attributes.map((each) => [each.id, each]));
  const kept = listing.attributes.filter(({ id }) => !wanted.has(id));
  const all = [...kept, ...attributes].filter(({ values }) => values.length > 0);
  const member = { product_attributes: all.map((each) => attributeBody(each)) };
  for (const each of different)
    note(`Attribute:${each.name}`, valuesText(known.get(each.id)), valuesText(each), member);
}

function noteCompliance(listing: Listing, wanted: PlannedContent, note: Note, result: ProductChanges): void {
  const {
    certificates,
    sizeChart,
    manufacturerIds,
    responsiblePersonIds,
    externalId,
    isCodAllowed,
    minimumOrder,
  } = wanted;
  if (certificates !== undefined) {
    const known = new Map(listing.certificates.map((each) => [each.id, each]));
    const isPending = (wanted.certificateUploads ?? []).length > 0;
    const different = certificates.filter(
      (each) => isPending || !isSameCertificate(known.get(each.id), each),
    );
    const own = new Set(certificates.map(({ id }) => id));
    const all = [
      ...listing.certificates.filter(({ id }) => !own.has(id)),
      // A date that the feed does not say stays.
      ...certificates.map((each) => ({
        ...each,
        expires: each.expires ?? known.get(each.id)?.expires ?? null,
      })),
    ];
    const member = { certifications: all.map((each) => certificateBody(each)) };
    for (const { id } of different)
      note(`Certificate:${id}`, known.has(id) ? 'other files' : null, 'new files', member);
    result.uploads.push(...(wanted.certificateUploads ?? []));
  }
  if (sizeChart) {
    const uri = sizeChart.image?.uri ?? null;
    const isSame = sizeChart.templateId
      ? sizeChart.templateId === listing.sizeChart?.templateId
      : uri !== null && uri === listing.sizeChart?.imageUri;
    if (!isSame) {
      const to = sizeChart.templateId ?? sizeChart.image?.url ?? null;
      const from = listing.sizeChart?.templateId ?? listing.sizeChart?.imageUri ?? null;
      note('Size Chart', from, to, {
        size_chart: sizeChart.templateId ? { template: { id: sizeChart.templateId } } : { image: { uri } },
      });
      if (!sizeChart.templateId && sizeChart.image)
        result.uploads.push(...uploadsOf([sizeChart.image], 'SIZE_CHART_IMAGE'));
    }
  }
  if (manufacturerIds !== undefined && !isSameList(manufacturerIds, listing.manufacturerIds))
    note('Manufacturer', listing.manufacturerIds.join(', '), manufacturerIds.join(', '), {
      manufacturer_ids: manufacturerIds,
    });
  if (responsiblePersonIds !== undefined && !isSameList(responsiblePersonIds, listing.responsiblePersonIds))
    note('Responsible Person', listing.responsiblePersonIds.join(', '), responsiblePersonIds.join(', '), {
      responsible_person_ids: responsiblePersonIds,
    });
  if (externalId !== undefined && externalId !== listing.externalId)
    note('External Product Id', listing.externalId, externalId, { external_product_id: externalId });
  if (isCodAllowed !== undefined && isCodAllowed !== (listing.isCodAllowed ?? false))
    note('COD', String(listing.isCodAllowed ?? false), String(isCodAllowed), {
      is_cod_allowed: isCodAllowed,
    });
  if (minimumOrder !== undefined && minimumOrder !== (listing.minimumOrder ?? 1))
    note('Minimum Order', String(listing.minimumOrder ?? 1), String(minimumOrder), {
      minimum_order_quantity: minimumOrder,
    });
}

export function uploadsOf(
  images: readonly PlannedImage[],
  useCase: PlannedUpload['useCase'],
): PlannedUpload[] {
  return images.filter(({ uri }) => uri === null).map(({ url }) => ({ url, useCase }));
}

export function attributeBody({ id, values }: ListingAttributeValues): object {
  return { id, values: values.map((value) => (value.id === null ? { name: value.name } : { id: value.id })) };
}

export function certificateBody({
  id,
  imageUris,
  files,
  expires,
}: NonNullable<PlannedContent['certificates']>[number]): object {
  return {
    id,
    ...(imageUris.length > 0 ? { images: imageUris.map((uri) => ({ uri })) } : {}),
    ...(files.length > 0 ? { files } : {}),
    ...(expires === null ? {} : { expiration_date: expires }),
  };
}

function fileIds({ files }: ListingCertificateFiles): string[] {
  return files.map(({ id }) => id);
}

/** UNCONFIRMED: whether TikTok gives the time of day of an expiry back. */
function dayOf(seconds: number): number {
  return Math.floor((seconds * SECOND_MS) / DAY_MS);
}

function isSameCertificate(
  one: ListingCertificateFiles | undefined,
  other: ListingCertificateFiles,
): boolean {
  if (!one) return false;
  return (
    isSameList(one.imageUris, other.imageUris) &&
    isSameList(fileIds(one), fileIds(other)) &&
    (other.expires === null || dayOf(one.expires ?? 0) === dayOf(other.expires))
  );
}

/** Blanks between tags mean nothing; UNCONFIRMED: what else TikTok changes in a description that it takes. */
function sameHtml(html: string): string {
  return html.replaceAll(/>\s+</g, '><').replaceAll(/\s+/g, ' ').trim();
}

function isSameImages(uris: readonly string[], images: readonly PlannedImage[]): boolean {
  return uris.length === images.length && images.every(({ uri }, nth) => uri !== null && uri === uris[nth]);
}

export function isSameMeasure(one: ListingMeasure | null, other: ListingMeasure): boolean {
  return one !== null && one.unit === other.unit && isSameNumber(one.value, other.value);
}

function isSameDimensions(one: ListingDimensions | null, other: ListingDimensions): boolean {
  return (
    one !== null &&
    one.unit === other.unit &&
    (['length', 'width', 'height'] as const).every((side) => isSameNumber(one[side], other[side]))
  );
}

function isSameNumber(one: string, other: string): boolean {
  try {
    return new Decimal(one).eq(other);
  } catch {
    return one === other;
  }
}

function isSameValues(one: ListingAttributeValues | undefined, other: ListingAttributeValues): boolean {
  if (!one) return other.values.length === 0;
  // TikTok gives the seller's own values ids: they are told by their names.
  return isSameList(keysOf(one), keysOf(other)) || isSameList(namesOf(one), namesOf(other));
}

function keysOf({ values }: ListingAttributeValues): string[] {
  return values.map(({ id, name }) => id ?? `=${name}`).toSorted();
}

function namesOf({ values }: ListingAttributeValues): string[] {
  return values.map(({ name }) => name).toSorted();
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, nth) => value === other[nth]);
}

function valuesText(values: ListingAttributeValues | undefined): string | null {
  return values && values.values.length > 0 ? values.values.map(({ name }) => name).join(', ') : null;
}

function measureText(measure: ListingMeasure | null): string | null {
  return measure && `${measure.value} ${measure.unit}`;
}

function dimensionsText(dimensions: ListingDimensions | null): string | null {
  return dimensions && `${dimensions.length} x ${dimensions.width} x ${dimensions.height} ${dimensions.unit}`;
}
