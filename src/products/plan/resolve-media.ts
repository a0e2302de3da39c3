import type { ListingCertificateFiles } from '../../domain/shop-listing.js';
import { SECOND_MS } from '../../kernel/time.js';
import { imagesOfHtml, replaceImages } from '../content/html-images.js';
import type { Wanted } from '../content/wanted.js';
import type { ReadyUpload } from '../media/ready-upload.js';
import type { PlannedUpload } from './push-plan-types.js';

/** What TikTok has of an image or document for a use; null for what is still to be uploaded. */
export type ReadyOf = (url: string, useCase: PlannedUpload['useCase']) => ReadyUpload | null;

const MOST_SIDE = 3_999;

/** The description with its images at the addresses where TikTok serves them, each with its size; and those it lacks. */
export function resolveDescription(
  html: string,
  readyOf: ReadyOf,
): { description: string; uploads: PlannedUpload[] } {
  const uploads = imagesOfHtml(html)
    .map((url): PlannedUpload => ({ url, useCase: 'DESCRIPTION_IMAGE' }))
    .filter(({ url, useCase }) => readyOf(url, useCase) === null);
  if (uploads.length > 0) return { description: html, uploads };
  const description = replaceImages(html, (url) => {
    const ready = readyOf(url, 'DESCRIPTION_IMAGE');
    return ready && { src: ready.url, ...shownSize(ready) };
  });
  return { description, uploads };
}

/** TikTok refuses sides of 4,000 and more, be they only said; a size that it does not tell is a square of the page's width. */
function shownSize({ width, height }: ReadyUpload): { width: number; height: number } {
  const side = Math.max(width, height);
  if (side === 0) return { width: 800, height: 800 };
  const factor = Math.min(1, MOST_SIDE / side);
  return { width: Math.max(1, Math.floor(width * factor)), height: Math.max(1, Math.floor(height * factor)) };
}

/** Certificates that the category knows, with their images and documents; and those that TikTok does not have yet. */
export function resolveCertificates(
  wanted: Wanted['certificates'],
  known: readonly { id: string }[],
  readyOf: ReadyOf,
): { certificates: ListingCertificateFiles[]; uploads: PlannedUpload[] } {
  const uploads: PlannedUpload[] = [];
  const certificates = wanted
    .filter(({ id }) => known.some((each) => each.id === id))
    .map(({ id, files, expires }): ListingCertificateFiles => {
      const ready = files.flatMap((url) => {
        const one = readyOf(url, 'CERTIFICATE');
        if (one === null) uploads.push({ url, useCase: 'CERTIFICATE' });
        return one ?? [];
      });
      return {
        id,
        imageUris: ready.filter(({ file }) => file === null).map(({ uri }) => uri),
        files: ready.flatMap(({ uri, file }) => (file === null ? [] : [{ id: uri, ...file }])),
        expires: expires === null ? null : Math.floor(Date.parse(expires) / SECOND_MS) || null,
      };
    });
  return { certificates, uploads };
}
