import { productStatusText } from '../../domain/product.js';
import type { ListingReview } from '../../domain/listing-review.js';

/** Who has to do something before a product is on sale as it is wanted. */
type Actor = 'nobody' | 'TikTok' | 'you';

interface ListingState {
  /** One word for it. */
  name: string;
  text: string;
  acts: Actor;
  next: string | null;
  /** TikTok has not decided yet: it is asked again. */
  isOpen: boolean;
}

const IN_SELLER_CENTER: Readonly<Record<string, string>> = {
  KYC_PENDING: 'Finish the verification of the shop in TikTok Seller Center; nothing has to be sent again.',
  RESTRICTED_CATEGORY_PENDING:
    'Apply for the category in the Qualification Center of TikTok Seller Center; nothing has to be sent again.',
};

/** What TikTok's words mean, and who has to act. Source: TikTok, product life cycle. */
export function listingStateOf({ status, auditStatus, waitsFor, hasDraft }: ListingReview): ListingState {
  const isAudited = auditStatus === 'AUDITING';
  switch (status) {
    case 'DRAFT':
      return state('Draft at TikTok', 'TikTok has it as a draft that nobody sees.', 'you', FINISH_DRAFT);
    case 'PENDING':
      if (auditStatus === 'PRE_APPROVED')
        return {
          name: 'Approved, waiting',
          text: 'TikTok has approved the product, and sells it once the shop has done something first.',
          acts: 'you',
          next:
            waitsFor.map((each) => IN_SELLER_CENTER[each] ?? `TikTok waits for ${each}.`).join(' ') || LOOK,
          isOpen: true,
        };
      return {
        ...state('In review', 'TikTok reviews the product; buyers do not see it yet.', 'TikTok', null),
        isOpen: true,
      };
    case 'FAILED':
      return state('Refused', 'TikTok has refused the product.', 'you', MEND);
    case 'ACTIVATE':
      if (isAudited)
        return {
          ...state(
            'Live, change in review',
            'The product is on sale as it was before; TikTok reviews the change, and new SKUs cannot be bought before.',
            'TikTok',
            null,
          ),
          isOpen: true,
        };
      if (auditStatus === 'FAILED')
        return state(
          'Live, change refused',
          'TikTok has refused the last change; the product is on sale as it was before.',
          'you',
          MEND,
        );
      return hasDraft
        ? state(
            'Live, with draft',
            'The product is on sale. Somebody has saved a draft of a change in Seller Center.',
            'nobody',
            null,
          )
        : state('Live', 'The product is on sale.', 'nobody', null);
    case 'SELLER_DEACTIVATED':
      return {
        ...state(
          'Switched off',
          'Somebody has switched the product off, here or in Seller Center.',
          'nobody',
          'To sell it again send it with the Action Activate, or activate it in Seller Center.',
        ),
        isOpen: isAudited,
      };
    case 'PLATFORM_DEACTIVATED':
      return {
        ...state('Switched off by TikTok', 'TikTok has taken the product off sale.', 'you', MEND),
        isOpen: isAudited,
      };
    case 'FREEZE':
      return state(
        'Frozen',
        'TikTok has frozen the product for a violation; nothing is sent for it.',
        'you',
        'Appeal in TikTok Seller Center.',
      );
    case 'DELETED':
      return state(
        'Deleted',
        'The product was deleted in TikTok.',
        'nobody',
        'To have it back send it with the Action Recover.',
      );
    default:
      return state(productStatusText(status), `TikTok says ${productStatusText(status)}.`, 'you', LOOK);
  }
}

const LOOK = 'Look at the product in TikTok Seller Center.';
const MEND = 'Mend what TikTok names and send the product again.';
const FINISH_DRAFT = 'Send the product again, or finish the draft in TikTok Seller Center.';

function state(name: string, text: string, acts: Actor, next: string | null): ListingState {
  return { name, text, acts, next, isOpen: false };
}
