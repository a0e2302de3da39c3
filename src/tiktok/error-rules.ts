import type { ErrorCode } from '../kernel/errors.js';
import { productCodes } from './product-error-rules.js';
import { TikTokError, type Reaction } from './tiktok-errors.js';
import type { CodeGroup } from './error-code-group.js';

/** What one of TikTok's codes means for us. */
export interface CodeRule {
  reaction: Reaction;
  /** In our own words; TikTok's message is added where it is shown. */
  text: string;
  /** What a person can do, one sentence. */
  next: string;
  /** Replaces the error code that follows from the reaction. */
  code?: ErrorCode;
}

const WAIT = 'Nothing to do: the service tries again.';
const READ_BACK = 'Nothing to do: the service reads back what TikTok has and compares it first.';
const REPORT = 'Report this with the request id: the request that we sent is wrong.';
const RECONNECT = 'Connect the shop again on its connection page.';
const FIX_TRACKING = 'Correct the tracking number or the carrier and send the shipment again.';
const FIX_DOCUMENT = 'Correct the document and send it again.';
const CHECK_ORDER = 'Look at the order in TikTok Seller Center; nothing more is sent for it from here.';
const ANSWER_CANCELLATION = 'Answer the open cancellation or return first, then send the shipment again.';
const ANOTHER_REASON = 'Choose another reason for the cancellation.';
/** TikTok says so of the reason; 25001021 also where the order cannot be cancelled in its present status. */
const REASON_CODES = '25001014 25001015 25001016 25001020 25001021 25001057';
const SELLER_CENTER = 'Do this in TikTok Seller Center.';

/**
 * `in-doubt` below means that TikTok does not say whether it has done anything: a write is then read back, while a
 * read is simply repeated later. Sources: TikTok "Common errors" and the error lists of each call.
 * 36009004 is missing on purpose: it stands for many causes, see classify.ts.
 */
const commonCodes: CodeGroup[] = [
  ['36004001', 'reauthorize', 'The refresh token has expired.', RECONNECT],
  [
    '36004004',
    'reauthorize',
    'The authorisation code is wrong, was used before or is older than 30 minutes.',
    RECONNECT,
  ],
  ['36004005', 'reauthorize', 'The seller has removed the app, or authorised another app.', RECONNECT],
  ['36009002', 'throttled', 'TikTok takes no more requests of this kind for now.', WAIT],
  ['12052109', 'throttled', 'The seller has reached a limit of TikTok.', WAIT],
  ['36009003 33001002 12001000 12052881', 'in-doubt', 'TikTok had an internal error.', WAIT],
  ['36009007', 'in-doubt', 'TikTok did not finish in time.', WAIT],
  [
    '36009009 36009010 36009014 36009022 36009023 98001004 106013',
    'bug',
    'TikTok does not accept the form of the request.',
    REPORT,
  ],
  ['36009021', 'refused', 'The upload is too large.', 'Make the file smaller and send it again.'],
  [
    '36009033',
    'retry-later',
    "This machine's address is not on the app's allow list.",
    'Add the address, or remove the list, in Partner Center.',
  ],
  [
    '101000',
    'reauthorize',
    'The access token belongs to another kind of account, or not to this shop.',
    RECONNECT,
  ],
  ['105001 105002', 'refresh-and-repeat', 'TikTok does not accept the access token.', WAIT],
  [
    '105005',
    'scope-missing',
    'The app lacks a permission that this call needs.',
    'Add the permission to the app in Partner Center; then the seller connects again.',
  ],
  [
    '106001',
    'bug',
    "TikTok does not accept the request's signature.",
    "Compare the app key and the app secret with Partner Center's.",
    'configuration-invalid',
  ],
  [
    '10006402',
    'refused',
    'TikTok denies access to this.',
    'Check that the shop still belongs to this seller.',
  ],
];

const orderCodes: CodeGroup[] = [
  ['10002014 10002015 10037002 10037003 10037004', 'retry-later', 'TikTok could not read the orders.', WAIT],
  ['10007002', 'refused', "The order's present status does not allow this change.", CHECK_ORDER],
  ['11001002 11050001 21001001 21011005', 'bug', 'A value in the request is invalid.', REPORT],
  ['11001027 11034023 21001003', 'in-doubt', 'TikTok did not finish in time.', WAIT],
  [
    '11001031 11006005 11006026 21001008 21001011 21001043 21001055 21008300 21022029 21022030 21042001 21042076',
    'in-doubt',
    'TikTok had an internal error.',
    WAIT,
  ],
  ['21008111 21011028', 'refused', 'The order or package does not belong to this shop.', FIX_DOCUMENT],
  ['21011029', 'refused', 'The order is not in this fulfilment unit.', FIX_DOCUMENT],
];

const shippingCodes: CodeGroup[] = [
  [
    '11006021 21008099 21011006 21011020 21011040 21042056',
    'already-done',
    'It is shipped already.',
    READ_BACK,
  ],
  ['21011027', 'already-done', 'It is delivered already.', READ_BACK],
  ['11003011', 'refused', 'The shipping services of the order do not go together.', SELLER_CENTER],
  ['11005004 11034009', 'refused', 'The warehouse does not exist.', SELLER_CENTER],
  ['11006013 11006014', 'refused', 'Phones and tablets must travel in their own package.', FIX_DOCUMENT],
  ['11021009 21011037', 'refused', 'No shipping service serves this address or weight.', SELLER_CENTER],
  [
    '11021010 11021012 11021013 11021023 11021024 11021025',
    'refused',
    'The postal code or address is invalid or too long for the carrier.',
    SELLER_CENTER,
  ],
  [
    '11021011 11021021',
    'refused',
    'The carrier does not accept the name of a product or SKU.',
    SELLER_CENTER,
  ],
  [
    '11021014 11021015 11021016 11021017 11021018 11021019 11021020 11021022',
    'refused',
    "Size, weight or count is over the carrier's limit.",
    SELLER_CENTER,
  ],
  ['11028006 21004016', 'refused', 'The tracking number fits none of the carriers.', FIX_TRACKING],
  ['21004012', 'refused', 'The tracking number holds characters that are not allowed.', FIX_TRACKING],
  ['21004015', 'refused', 'The tracking number does not fit the carrier.', FIX_TRACKING],
  ['21011022 206108', 'refused', 'The tracking number or the carrier is invalid.', FIX_TRACKING],
  ['21011025', 'refused', 'The tracking number was used in this shop before.', FIX_TRACKING],
  ['21011026 21034012', 'refused', 'The tracking number is used too often or elsewhere.', FIX_TRACKING],
  [
    '11034002 21008017 21008043',
    'refused',
    'Labels exist only for orders that TikTok ships.',
    'Use your own label.',
  ],
  ['11034037', 'retry-later', 'The label is still being made.', WAIT],
  [
    '21023022 21023034 21023035 21023046 21023059 21042102 21042104',
    'refused',
    'The label cannot be had in the present state.',
    SELLER_CENTER,
  ],
  ['21008042', 'refused', 'The label is printed already.', SELLER_CENTER],
  ['21004006 21004019 21004020', 'refused', 'The invoice must be uploaded first (Brazil).', SELLER_CENTER],
  ['21004010 21008106', 'refused', "This way of shipping does not exist in the shop's region.", REPORT],
  ['21004017', 'refused', 'It is outside the pick-up time.', 'Send it again within the pick-up time.'],
  ['21004024', 'refused', "TikTok's limits for the shop stop this.", SELLER_CENTER],
  ['21008025 21011004', 'refused', 'The seller does not ship this order or package.', CHECK_ORDER],
  ['21008116', 'refused', 'The shop has not subscribed to the delivery option.', SELLER_CENTER],
  ['21008117', 'refused', "The delivery option is TikTok's own and takes no other carrier.", CHECK_ORDER],
  ['21008044 21011007 21021010', 'refused', 'A cancellation or return is open.', ANSWER_CANCELLATION],
  ['21011003', 'refused', 'The present state does not allow this.', CHECK_ORDER],
  ['21011041 21011042', 'refused', 'The order or package is cancelled.', CHECK_ORDER],
  ['21011043', 'refused', 'It is not shipped yet.', 'Send the shipment first.'],
  [
    '21011044',
    'refused',
    'The order is on hold: the buyer may still cancel it.',
    'Send the shipment again when the hold is over, one hour after payment.',
  ],
  [
    '21011030 21011049 21011050 21011051 21011052',
    'refused',
    'Tracking can be changed only once, within 72 hours and before the carrier has it.',
    SELLER_CENTER,
  ],
  ['21011012 21011013 21011031', 'refused', 'The split does not fit the rules of this order.', FIX_DOCUMENT],
  ['21011033 21011046', 'refused', 'The package is combined with other orders.', SELLER_CENTER],
  // TikTok documents no other code of a split for a request that is open, or a package that is shipped or combined.
  [
    '21011035',
    'refused',
    'This order cannot be split, or not in its present state.',
    'Ship all of it in one package. If a cancellation is open, answer it first.',
  ],
  ['21011036', 'refused', 'All pieces of one SKU must stay in one package.', FIX_DOCUMENT],
  ['21011048', 'refused', 'Several packages are possible: the pieces must be named.', FIX_DOCUMENT],
  ['21011053 21011054', 'refused', 'The pick-up slot is missing or invalid.', SELLER_CENTER],
  ['21022028', 'refused', 'TikTok could not split the order.', SELLER_CENTER],
];

const afterSalesCodes: CodeGroup[] = [
  ['25001001', 'bug', 'A value in the request is invalid.', REPORT],
  ['25001003', 'refused', "The order's status does not allow this.", CHECK_ORDER],
  ['25001010 25001011', 'already-done', 'It is returned, cancelled or being handled already.', READ_BACK],
  ['25001051', 'already-done', 'It is completed or cancelled already.', READ_BACK],
  ['25020009', 'already-done', 'It is cancelled already.', READ_BACK],
  ['25020010', 'already-done', 'It is approved already.', READ_BACK],
  ['25020011', 'already-done', 'The goods are received already.', READ_BACK],
  [
    REASON_CODES,
    'refused',
    'The reason does not exist, or does not fit the status of the order.',
    ANOTHER_REASON,
  ],
  ['25001028', 'retry-later', 'Another writer is changing the order just now.', WAIT],
  // UNCONFIRMED: public code treats it as worth a repeat; TikTok's pages do not describe it.
  ['25020008', 'in-doubt', 'TikTok could not do it now.', WAIT],
  ['25001058 25007002', 'in-doubt', 'TikTok had an internal error.', WAIT],
  ['25001044', 'refused', 'The request cannot be approved.', SELLER_CENTER],
  ['25001045', 'refused', 'It is shipped and the courier cannot be called back.', SELLER_CENTER],
  ['25001046', 'refused', "TikTok's risk control has stopped it.", SELLER_CENTER],
  ['25005005', 'refused', 'The refund is over the refundable amount.', FIX_DOCUMENT],
  [
    '25005010 25005011',
    'refused',
    'These lines cannot be cancelled on their own.',
    'Cancel the whole order.',
  ],
  ['25007006', 'refused', 'TikTok does not know the order.', FIX_DOCUMENT],
  ['25007007', 'refused', 'A negotiation with the buyer is open.', SELLER_CENTER],
  ['25011010', 'refused', "TikTok's customer service has taken the case over.", SELLER_CENTER],
  ['25011011 25011012 25011013', 'refused', 'The status does not allow this answer.', SELLER_CENTER],
  [
    '25020003 25020004',
    'refused',
    'The decision does not fit the status or the kind of return.',
    SELLER_CENTER,
  ],
  ['25020005', 'refused', 'TikTok denies permission.', SELLER_CENTER],
  [
    '25011023 25011025 25011026 25011032 25011035 25020012',
    'refused',
    "The case's present state does not allow this.",
    SELLER_CENTER,
  ],
];

/** Whether TikTok has refused the reason of a cancellation, as far as its code tells. */
export function isReasonRefusal(error: unknown): error is TikTokError {
  return error instanceof TikTokError && REASON_CODES.split(' ').includes(error.tiktokCode ?? '');
}

/** For a code that TikTok has added since: it said no, and repeating the same call would be a guess. */
export const unknownCodeRule: CodeRule = {
  reaction: 'refused',
  text: 'TikTok refused this for a reason that is not known here.',
  next: "Read TikTok's message; report it with the request id if it does not help.",
};

/** Every code that we know, by the code's text. */
export const codeRules: ReadonlyMap<string, CodeRule> = tabulate([
  ...commonCodes,
  ...orderCodes,
  ...shippingCodes,
  ...afterSalesCodes,
  ...productCodes,
]);

function tabulate(groups: readonly CodeGroup[]): Map<string, CodeRule> {
  const rules = new Map<string, CodeRule>();
  for (const [codes, reaction, text, next, code] of groups) {
    for (const listed of codes.split(' ')) {
      if (rules.has(listed)) throw new Error(`TikTok's code ${listed} has two rules`);
      rules.set(listed, { reaction, text, next, ...(code && { code }) });
    }
  }
  return rules;
}
