import { createHash } from 'node:crypto';

import { badParameter } from '../gateway/api-error.js';
import { uploadRoute } from '../gateway/route.js';
import { refuseProduct } from '../products/product-error.js';
import { regionOf } from '../state/regions.js';
import { imageUrls, useCases, type UseCase } from '../state/uploads.js';
import type { World } from '../state/world.js';
import { measureImage, type Measured } from './image-bytes.js';

const MOST_BYTES = 10 * 1024 * 1024;
const FORMATS = 'JPG, JPEG, PNG, WEBP, HEIC, BMP';
const ANY_SIZE = [100, 20_000] as const;
const MAIN_SIZE = [300, 4000] as const;
const SIZE_CHART_SIDE = 1024;
/** Squarer than 3:4. */
const LEAST_RATIO = 3 / 4;

/** TikTok: Upload Product Image 202309. Belongs to the seller's account, not to a shop. */
export const uploadImageRoute = uploadRoute({
  method: 'POST',
  path: '/product/{version}/images/upload',
  versions: ['202309'],
  scopes: ['seller.product.basic'],
  handle: ({ world, app, authorization, form, nowSec }) => {
    const useCase = useCaseOf(form.get('use_case')?.bytes.toString('utf8'));
    const bytes = form.get('data')?.bytes;
    if (bytes === undefined || bytes.length === 0) throw refuseProduct(12038002);
    if (bytes.length > MOST_BYTES) throw refuseProduct(12038005);
    const measured = measureImage(bytes);
    if (measured === undefined) throw refuseProduct(12038004);
    if (measured === 'unsupported') throw refuseProduct(12038015, { formats: FORMATS });
    checkSize(world, measured, useCase);
    const { openId } = authorization;
    const region = regionOf(world.sellers.get(openId)?.baseRegion ?? 'US').dataRegion;
    const image = world.uploads.addImage(region, {
      useCase,
      ...servedSize(world, measured, useCase),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      openId,
      appKey: app.appKey,
      atSec: nowSec,
    });
    world.changed();
    const { uri, width, height } = image;
    return { uri, url: imageUrls(uri)[0] ?? '', width, height, use_case: useCase };
  },
});

/** UNCONFIRMED: what an image without use case is for. */
function useCaseOf(given: string | undefined): UseCase {
  if (given === undefined || given === '') return 'MAIN_IMAGE';
  const known = useCases.find((name) => name === given);
  if (known === undefined) throw badParameter(`UseCase is invalid, allowed values: ${useCases.join(',')}.`);
  return known;
}

function checkSize(world: World, { width, height }: Measured, useCase: UseCase): void {
  const isStrict = world.behaviour.imageSizes === 'at_upload';
  const [min, max] = useCase === 'MAIN_IMAGE' && isStrict ? MAIN_SIZE : ANY_SIZE;
  const least = useCase === 'SIZE_CHART_IMAGE' && isStrict ? SIZE_CHART_SIDE : min;
  if (Math.min(width, height) >= least && Math.max(width, height) <= max) return;
  throw refuseProduct(12038014, {
    min_width: String(least),
    min_height: String(least),
    max_width: String(max),
    max_height: String(max),
  });
}

/**
 * TikTok makes main and variant images square that are longer than 4:3 or higher than 3:4. UNCONFIRMED: by adding a margin, so
 * that the longer side stays.
 */
function servedSize(
  world: World,
  { width, height }: Measured,
  useCase: UseCase,
): { width: number; height: number } {
  const isShown = useCase === 'MAIN_IMAGE' || useCase === 'ATTRIBUTE_IMAGE';
  const isLong = Math.min(width, height) / Math.max(width, height) < LEAST_RATIO;
  if (!isShown || !isLong || world.behaviour.imageRatios === 'kept') return { width, height };
  const side = Math.max(width, height);
  return { width: side, height: side };
}
