import { nameOfTag, tagsOf } from './html-tags.js';

/** `src` of a tag, quoted in either way or not at all. */
const SRC = /\ssrc\s?=\s?(?:"([^"<>]{0,2000})"|'([^'<>]{0,2000})'|([^\s"'<>]{1,2000}))/i;
const ENTITY = /&amp;/gi;

/** Addresses of the images of an HTML text, each once, in their order. */
export function imagesOfHtml(html: string): string[] {
  if (!/<\s?img/i.test(html)) return [];
  const urls = tagsOf(html)
    .filter((tag) => nameOfTag(tag) === 'img')
    .flatMap((tag) => sourceOf(tag) ?? []);
  return [...new Set(urls)];
}

/** Writes each image anew, with the three attributes that TikTok asks for; one without a place is left out. */
export function replaceImages(
  html: string,
  placeOf: (url: string) => { src: string; width: number; height: number } | null,
): string {
  let [written, from] = ['', 0];
  for (const tag of tagsOf(html)) {
    if (nameOfTag(tag) !== 'img') continue;
    const at = html.indexOf(tag, from);
    const url = sourceOf(tag);
    const place = url === null ? null : placeOf(url);
    const image = place
      ? `<img src="${place.src.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" width="${place.width}" height="${place.height}">`
      : '';
    written += html.slice(from, at) + image;
    from = at + tag.length;
  }
  return written + html.slice(from);
}

function sourceOf(tag: string): string | null {
  const found = SRC.exec(tag);
  const url = (found?.[1] ?? found?.[2] ?? found?.[3] ?? '').replaceAll(ENTITY, '&').trim();
  return url === '' ? null : url;
}
