import type { ProductCode } from '../products/product-error.js';
import { uriInUrl, type UploadedImage, type UseCase } from '../state/uploads.js';
import { isPlainImage } from './content-of.js';
import type { Facts } from './listing-rule.js';

interface Place {
  useCase: UseCase;
  /** For a uri that does not belong there. */
  code: ProductCode;
  /** The uris that a content has in this place. */
  uris: (content: Facts['content']) => string[];
}

/** Every place for an image, and the use case that it must have been uploaded for. */
export const imagePlaces = {
  main: { useCase: 'MAIN_IMAGE', code: 12052300, uris: ({ mainImages }) => mainImages },
  variant: {
    useCase: 'ATTRIBUTE_IMAGE',
    code: 12052520,
    uris: ({ skus }) =>
      skus.flatMap(({ salesAttributes }) =>
        salesAttributes.flatMap(({ image, moreImages }) =>
          image === undefined ? moreImages : [image, ...moreImages],
        ),
      ),
  },
  description: {
    useCase: 'DESCRIPTION_IMAGE',
    code: 12052340,
    // An address that TikTok does not serve stands for itself: it is no uri of an upload.
    uris: ({ description }) => imageTags(description).map(({ src = '' }) => uriInUrl(src) ?? src),
  },
  certificate: {
    useCase: 'CERTIFICATION_IMAGE',
    code: 12052650,
    uris: ({ certifications }) => certifications.flatMap(({ images }) => images),
  },
  sizeChart: {
    useCase: 'SIZE_CHART_IMAGE',
    code: 12052670,
    uris: ({ sizeChart }) => (sizeChart?.image === undefined ? [] : [sizeChart.image]),
  },
} as const satisfies Record<string, Place>;

/** A uri in this place that was never uploaded; those that the product has there already may stay. */
export function unknownUri({ world, content, base }: Facts, place: Place): string | undefined {
  return newUris(content, base, place).find((uri) => !world.uploads.images.has(uri));
}

/** One that was uploaded for another place. */
export function misplacedUri({ world, content, base }: Facts, place: Place): string | undefined {
  if (world.behaviour.imageUseCases === 'ignored') return undefined;
  return newUris(content, base, place).find((uri) => {
    const useCase = world.uploads.images.get(uri)?.useCase;
    return useCase !== undefined && useCase !== place.useCase;
  });
}

function newUris(content: Facts['content'], base: Facts['base'], place: Place): string[] {
  const before = new Set(base === undefined ? [] : place.uris(base));
  return place.uris(content).filter((uri) => !before.has(uri) && !isPlainImage(uri));
}

/** The uploads in this place. */
export function imagesIn({ world, content }: Facts, place: Place): UploadedImage[] {
  return place.uris(content).flatMap((uri) => world.uploads.images.get(uri) ?? []);
}

/** The attributes of every `img` of an HTML text. */
export function imageTags(html: string): Record<string, string>[] {
  return [...html.matchAll(/<img\b([^<>]*)>/gi)].map(([, inside = '']) =>
    Object.fromEntries(
      [...inside.matchAll(/(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
        ([, name = '', double, single]) => [name.toLowerCase(), double ?? single ?? ''],
      ),
    ),
  );
}
