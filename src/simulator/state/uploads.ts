import { createHash } from 'node:crypto';

export const useCases = [
  'MAIN_IMAGE',
  'ATTRIBUTE_IMAGE',
  'DESCRIPTION_IMAGE',
  'CERTIFICATION_IMAGE',
  'SIZE_CHART_IMAGE',
] as const;
export type UseCase = (typeof useCases)[number];

export interface UploadedImage {
  uri: string;
  useCase: UseCase;
  /** As TikTok serves it. */
  width: number;
  height: number;
  /** Of the bytes that came: to see whether a client sends the same image twice. */
  sha256: string;
  bytes: number;
  openId: string;
  appKey: string;
  atSec: number;
}

interface UploadedFile {
  id: string;
  name: string;
  format: string;
  bytes: number;
  openId: string;
  atSec: number;
}

interface SavedUploads {
  images: UploadedImage[];
  files: UploadedFile[];
  forgotten?: number;
}

/** What apps have uploaded: images by their uri, files by their id. The bytes themselves are not kept. */
export class Uploads {
  readonly images = new Map<string, UploadedImage>();
  readonly files = new Map<string, UploadedFile>();
  /** So many that names stay their own. */
  private forgotten = 0;

  addImage(dataRegion: string, image: Omit<UploadedImage, 'uri'>): UploadedImage {
    const name = this.nameFor(image.sha256, this.images.size);
    const uri = `tos-${bucketOf(dataRegion)}-i-sim0listing-${dataRegion.toLowerCase()}/${name}`;
    const made = { ...image, uri };
    this.images.set(uri, made);
    return made;
  }

  addFile(file: Omit<UploadedFile, 'id'>): UploadedFile {
    const name = this.nameFor(file.name, this.files.size);
    const made = { ...file, id: `v09e40f40000${name.slice(0, 20)}` };
    this.files.set(made.id, made);
    return made;
  }

  /** Images and files are no longer known by their names. @returns how many */
  forget(): number {
    const count = this.images.size + this.files.size;
    this.forgotten += count;
    this.images.clear();
    this.files.clear();
    return count;
  }

  /** UNCONFIRMED: the same bytes get another name each time. */
  private nameFor(content: string, count: number): string {
    return createHash('md5')
      .update(`${content}/${count + this.forgotten}`)
      .digest('hex');
  }

  state(): SavedUploads {
    return { images: [...this.images.values()], files: [...this.files.values()], forgotten: this.forgotten };
  }

  restore({ images, files, forgotten = 0 }: SavedUploads): void {
    this.forgotten = forgotten;
    for (const image of images) this.images.set(image.uri, image);
    for (const file of files) this.files.set(file.id, file);
  }
}

function bucketOf(dataRegion: string): string {
  return dataRegion === 'TTP' ? 'useast5' : dataRegion === 'GCP' ? 'maliva' : 'alisg';
}

const HOSTS = ['p16-oec-va.ibyteimg.example', 'p19-oec-va.ibyteimg.example'];

/** Addresses under which TikTok serves an image; descriptions must name one of them. */
export function imageUrls(uri: string): string[] {
  return HOSTS.map((host) => `https://${host}/${uri}~tplv-sim0listing-origin-jpeg.jpeg`);
}

export function thumbUrls(uri: string): string[] {
  return HOSTS.map((host) => `https://${host}/${uri}~tplv-sim0listing-resize-jpeg:300:300.jpeg`);
}

/** The uri inside an address of an uploaded image; undefined for any other address. */
export function uriInUrl(url: string): string | undefined {
  const match = /^https:\/\/([^/]+)\/([^~?]+)/.exec(url);
  return match?.[1] !== undefined && HOSTS.includes(match[1]) ? match[2] : undefined;
}
