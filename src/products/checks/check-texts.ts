import { nameOfTag, tagsOf } from '../content/html-tags.js';
import { keptSkus, type CheckRule, type Hit } from './check-rule.js';
import { charactersOf, shortenedTo, textProblem } from './forbidden-text.js';

const LONGEST_DESCRIPTION = 10_000;
const MOST_DESCRIPTION_IMAGES = 30;
const GOOD_TITLE = 40;
const LONGEST_OPTION_NAME = 20;
const LONGEST_OPTION_VALUE = 50;
const HAN = /\p{Script=Han}/u;
/** UNCONFIRMED: in which markets Chinese is taken; Japanese is written with the same signs. */
const HAN_MARKETS = new Set(['JP', 'MY', 'SG', 'TW']);
const SOURCE = /\bsrc=["']?([^"'\s>]{1,2000})/i;
const ACTIVE = new Set(['script', 'iframe', 'object', 'embed', 'form', 'style', 'link', 'meta', 'base']);
const HANDLER = /[\s"'/](on[a-z]{3,20}=|href=["']?javascript:)/i;
/** How spreadsheets begin what they run; a text like this is a cell that went wrong, or an attack. */
const FORMULA = /^[=+@-]\s?[A-Z]{2,30}\(|^=|^@SUM/i;

function one(value: string | null, message: string, nearest: string | null = null): Hit[] {
  return [{ value, message, nearest }];
}

/** Title, description and the names of options. Source: Create Product; codes 12052051, 12052013, 12052262, 12052931 to 12052935. */
export const textRules: readonly CheckRule[] = [
  {
    name: 'title-missing',
    level: 'error',
    field: 'Title',
    code: '12052261',
    next: 'Give the product a title',
    find: ({ title }) => (title === null ? one(null, 'every product needs a title') : []),
  },
  {
    name: 'title-too-long',
    level: 'error',
    field: 'Title',
    code: '12052051',
    next: 'Shorten the title',
    find({ title }, { market: { title: limits, region } }) {
      const count = charactersOf(title ?? '');
      if (title === null || count <= limits[1]) return [];
      return one(
        title,
        `has ${count} characters; TikTok takes at most ${limits[1]} in ${region}`,
        shortenedTo(title, limits[1]),
      );
    },
  },
  {
    name: 'title-too-short',
    level: 'error',
    field: 'Title',
    // UNCONFIRMED: which answer comes.
    code: null,
    next: 'Say more of the product: brand, material, colour, size',
    find({ title, brand }, { market: { title: limits, region } }) {
      const count = charactersOf(title ?? '');
      if (title === null || count >= limits[0]) return [];
      const longer = brand !== null && !title.includes(brand) ? `${brand} ${title}` : null;
      const nearest = longer !== null && charactersOf(longer) >= limits[0] ? longer : null;
      return one(
        title,
        `has ${count} characters; TikTok takes no less than ${limits[0]} in ${region}`,
        nearest,
      );
    },
  },
  {
    name: 'title-text',
    level: 'error',
    field: 'Title',
    code: '12052931',
    next: 'Write it in plain words',
    find({ title }) {
      const problem = title === null ? null : textProblem(title);
      return problem ? one(title, `has ${problem.what}, which TikTok refuses`, problem.mended || null) : [];
    },
  },
  {
    name: 'title-language',
    level: 'error',
    field: 'Title',
    code: '12052262',
    next: 'Translate it into the language of the market',
    find: ({ title }, { market: { region } }) =>
      title !== null && HAN.test(title) && !HAN_MARKETS.has(region)
        ? one(title, `has Chinese characters, which TikTok refuses in ${region}`)
        : [],
  },
  {
    name: 'title-quality',
    level: 'warning',
    field: 'Title',
    code: null,
    next: 'Add brand, material or use: such listings are shown more often',
    find: ({ title }, { market: { region } }) =>
      region === 'US' && title !== null && charactersOf(title) < GOOD_TITLE
        ? one(title, `has fewer than ${GOOD_TITLE} characters, below TikTok's better quality tier`)
        : [],
  },
  {
    name: 'description-missing',
    level: 'error',
    field: 'Description',
    code: '12052015',
    next: 'Describe the product',
    find: ({ description }) => (description === null ? one(null, 'every product needs a description') : []),
  },
  {
    name: 'description-too-long',
    level: 'error',
    field: 'Description',
    code: '12052013',
    next: 'Shorten it',
    find({ description }) {
      const count = charactersOf(description ?? '');
      if (count <= LONGEST_DESCRIPTION) return [];
      return one(description, `has ${count} characters; TikTok takes at most ${LONGEST_DESCRIPTION}`);
    },
  },
  {
    name: 'description-images',
    level: 'error',
    field: 'Description',
    code: '12052056',
    next: 'Leave pictures out, or show them as pictures of the product',
    find({ description }) {
      const count = imagesIn(description).length;
      if (count <= MOST_DESCRIPTION_IMAGES) return [];
      return one(String(count), `has ${count} pictures; TikTok takes at most ${MOST_DESCRIPTION_IMAGES}`);
    },
  },
  {
    name: 'description-image-address',
    level: 'error',
    field: 'Description',
    code: '12052340',
    next: 'Give each picture an address that begins with https://',
    find: ({ description }) =>
      imagesIn(description)
        .filter((tag) => !/^https?:\/\//i.test(SOURCE.exec(tag)?.[1] ?? ''))
        .slice(0, 1)
        .map((tag) => ({ value: tag, message: 'has a picture without an address that can be fetched' })),
  },
  {
    name: 'description-active',
    level: 'error',
    field: 'Description',
    code: '12052344',
    next: 'Leave out everything that runs; paragraphs, lists and pictures stay',
    find({ description }) {
      const tags = tagsOf(description ?? '');
      const tag =
        tags.map((each) => nameOfTag(each)).find((name) => ACTIVE.has(name)) ??
        tags.map((each) => HANDLER.exec(each)?.[1]).find((found) => found !== undefined);
      return tag === undefined ? [] : one(tag, `has ${tag}, which no description may have`);
    },
  },
  {
    name: 'formula',
    level: 'error',
    field: null,
    code: null,
    next: 'Put the value itself into the cell',
    find: ({ title, description, brand }) =>
      (
        [
          ['Title', title],
          ['Description', description],
          ['Brand', brand],
        ] as const
      ).flatMap(([field, value]) =>
        value !== null && FORMULA.test(value)
          ? [{ field, value, message: 'is a formula of a spreadsheet' }]
          : [],
      ),
  },
  {
    name: 'option-name',
    level: 'error',
    field: 'Option 1 Name',
    code: '12052933',
    next: 'Shorten it, or choose a plain word',
    find: (wanted) =>
      uniqueOptions(keptSkus(wanted).flatMap(({ options }) => options.map(({ name }) => name))).flatMap(
        (name) => namedHit(name, LONGEST_OPTION_NAME),
      ),
  },
  {
    name: 'option-value',
    level: 'error',
    field: 'Option 1 Value',
    code: '12052934',
    next: 'Shorten it, or choose a plain word',
    find: (wanted) =>
      uniqueOptions(keptSkus(wanted).flatMap(({ options }) => options.map(({ value }) => value))).flatMap(
        (value) => namedHit(value, LONGEST_OPTION_VALUE),
      ),
  },
];

function imagesIn(description: string | null): string[] {
  return tagsOf(description ?? '').filter((tag) => nameOfTag(tag) === 'img');
}

function uniqueOptions(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function namedHit(text: string, most: number): Hit[] {
  const count = charactersOf(text);
  if (count > most)
    return one(text, `has ${count} characters; TikTok takes at most ${most}`, shortenedTo(text, most));
  const problem = textProblem(text);
  return problem ? one(text, `has ${problem.what}, which TikTok refuses`, problem.mended || null) : [];
}
