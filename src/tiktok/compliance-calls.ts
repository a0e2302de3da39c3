import type { ComplianceContent } from '../domain/listing.js';
import { endpoints } from './endpoints.js';
import { idOfSame, keywordOf, manufacturerBody, personBody } from './map/compliance-mapping.js';
import { readData, type ShopCall } from './shop-call.js';
import { requiredText } from './wire/read.js';

/** Manufacturers and responsible persons, which belong to the seller's account. TikTok: local sellers in EU countries only. */
export interface ComplianceCalls {
  /** Makes one more, also of a content that is there already. @returns TikTok's id */
  createEntity(content: ComplianceContent): Promise<string>;
  /** The id of one with this content; null where TikTok shows none. */
  findEntity(content: ComplianceContent): Promise<string | null>;
}

const PAGE_SIZE = 100;

export function createComplianceCalls(callAccount: ShopCall): ComplianceCalls {
  return {
    async createEntity(content) {
      const answer = await callAccount(
        content.kind === 'manufacturer'
          ? { endpoint: endpoints.createManufacturer, body: manufacturerBody(content.manufacturer) }
          : { endpoint: endpoints.createResponsiblePerson, body: personBody(content.person) },
      );
      const name = content.kind === 'manufacturer' ? 'manufacturer_id' : 'responsible_person_id';
      return readData(answer, 'write', (data) => requiredText(data[name], name));
    },

    async findEntity(content) {
      const isMaker = content.kind === 'manufacturer';
      const locale = isMaker ? content.manufacturer.locale : content.person.locale;
      const { data } = await callAccount({
        endpoint: isMaker ? endpoints.searchManufacturers : endpoints.searchResponsiblePersons,
        query: { page_size: PAGE_SIZE },
        body: { keyword: keywordOf(content), ...(locale === null ? {} : { locales: [locale] }) },
      });
      return isMaker
        ? idOfSame(data['manufacturers'], manufacturerBody(content.manufacturer))
        : idOfSame(data['responsible_persons'], personBody(content.person));
    },
  };
}
