import { UnexpectedAnswer, type Erp, type ErpDocument } from '../../support/erp.js';
import { attributesOf, keyOf } from '../aftersales/seller-desk.js';

const UNDER_REVIEW = 150;
const RESPONSE_RECEIVED = 600;

/** Whoever answers what buyers send back: yes to every request, and the refund when the goods are under way. */
export interface ReturnDesk {
  look(): Promise<void>;
}

export function createReturnDesk(erp: Erp): ReturnDesk {
  async function answer(document: ErpDocument): Promise<void> {
    const asked = questionOf(document);
    if (!asked) return;
    const given =
      asked === 'accept'
        ? await erp.call('POST', 'Returns', {
            body: { ReturnNumber: document['ReturnNumber'], PartnerPO: document.PartnerPO, ReturnLines: [] },
          })
        : await erp.call('PUT', `Returns/${keyOf(document)}/Status/Complete`);
    // 400: the buyer has withdrawn it meanwhile.
    if (given.status >= 300 && given.status !== 400) throw new UnexpectedAnswer(`answer to a return`, given);
  }
  return {
    async look() {
      for (const document of await erp.list('Returns')) await answer(document);
    },
  };
}

/** What the document asks of the seller. */
export function questionOf(document: ErpDocument): 'accept' | 'refund' | null {
  if (document.StatusCode === UNDER_REVIEW) return 'accept';
  if (document.StatusCode !== RESPONSE_RECEIVED) return null;
  return attributesOf(document)['TikTokNextAction'] === 'SELLER_RESPOND_RECEIVE_PACKAGE' ? 'refund' : null;
}
