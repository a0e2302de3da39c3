import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import type { ComplianceContent } from '../../domain/listing.js';

/** Members of a content as the API has them; what is not given is absent. */
interface EntityBody {
  Kind: string;
  Content: {
    Name?: string;
    TradeName?: string;
    Email?: string;
    Phone?: { CountryCode?: string; LocalNumber?: string };
    Address?: string;
    Street?: string;
    PostalCode?: string;
    Country?: string;
    Locale?: string;
  };
}

const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/;
const COUNTRY_CODE = /^\+[1-9]\d{0,3}$/;
const LOCAL_NUMBER = /^\d[\d ]{2,18}$/;

/**
 * What a manufacturer or a responsible person is to be made of. Whether TikTok takes it, its answer says.
 * @throws AppError invalid-request with every member that is missing or wrong
 */
export function readEntity({ Kind, Content }: EntityBody): ComplianceContent {
  const wrong: ErrorDetail[] = [];
  const must = (member: keyof EntityBody['Content'], what: RegExp = /\S/): string => {
    const given = Content[member];
    const value = typeof given === 'string' ? given.trim() : '';
    if (!what.test(value))
      wrong.push({ field: `Content.${member}`, message: value === '' ? 'is missing' : 'cannot be read' });
    return value;
  };
  const phoneOf = (): { countryCode: string; localNumber: string } => {
    const { CountryCode = '', LocalNumber = '' } = Content.Phone ?? {};
    if (!COUNTRY_CODE.test(CountryCode) || !LOCAL_NUMBER.test(LocalNumber))
      wrong.push({
        field: 'Content.Phone',
        message: 'needs a CountryCode and a LocalNumber',
        next: 'Such as {"CountryCode":"+49","LocalNumber":"3012345678"}',
      });
    return { countryCode: CountryCode, localNumber: LocalNumber.replaceAll(' ', '') };
  };
  const common = { name: must('Name'), email: must('Email', EMAIL), locale: Content.Locale?.trim() || null };
  const content: ComplianceContent =
    Kind === 'Manufacturer'
      ? {
          kind: 'manufacturer',
          manufacturer: {
            ...common,
            tradeName: Content.TradeName?.trim() || null,
            phone: Content.Phone === undefined ? null : phoneOf(),
            address: must('Address'),
          },
        }
      : {
          kind: 'responsible-person',
          person: {
            ...common,
            phone: phoneOf(),
            street: must('Street'),
            postalCode: must('PostalCode'),
            country: must('Country', /^[A-Za-z]{2}$/).toUpperCase(),
          },
        };
  if (wrong.length === 0) return content;
  throw new AppError('invalid-request', `The ${NOUNS[content.kind]} cannot be made of this.`, {
    details: wrong,
  });
}

const NOUNS = { manufacturer: 'manufacturer', 'responsible-person': 'responsible person' } as const;
