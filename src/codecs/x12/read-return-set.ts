import { elementOf, type X12Set } from '../../formats/x12.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import type { ReadDocument } from '../codec.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import type { X12Codes } from './partner.js';
import { dateOf, defined, find, itemOf, loopsOf, numberOf, placeOf, readDocument } from './set-reading.js';

const CANCELS = '01';

/**
 * A merchandise return (180) of the seller: the first answer to a return, which accepts it. It confirms the goods, so that TikTok
 * refunds the buyer, only by a code that the partner's profile names. It is never a refusal.
 */
export function readReturnSet(set: X12Set, codes: X12Codes): ReadDocument {
  const { before, loops } = loopsOf(set, 'BLI', ['CTT', 'SE']);
  const bgn = find(before, 'BGN');
  const problems: ErrorDetail[] = [];
  if (elementOf(bgn, 1) === CANCELS)
    problems.push({
      at: placeOf(bgn!, 1),
      message: '01 takes a return back, which only the buyer can do in TikTok',
    });
  const prf =
    find(before, 'PRF') ?? loops.map(({ rest }) => find(rest, 'PRF')).find((each) => each !== undefined);
  const dispositions = [...before, ...loops.flatMap(({ rest }) => rest)].filter(({ name }) => name === 'RDR');
  const said = [elementOf(bgn, 8), ...dispositions.flatMap((rdr) => [elementOf(rdr, 1), elementOf(rdr, 2)])];
  const isBack = said.some((code) => code !== '' && codes.confirmsGoods.includes(code));
  const document = defined({
    ReturnNumber: elementOf(bgn, 2),
    ReturnDate: dateOf(elementOf(bgn, 3)),
    PartnerPO: elementOf(prf, 1),
    StatusCode: isBack ? StatusCode.complete : StatusCode.responseReceived,
    ReturnLines: loops.map(({ head, rest }) =>
      defined({
        // Two pairs of ids: in BLI01 and BLI02, and from BLI08 on.
        ItemIdentifier: {
          ...itemOf(head, 8, codes),
          ...itemOf({ ...head, elements: head.elements.slice(0, 2) }, 1, codes),
        },
        Quantity: numberOf(elementOf(head, 3)),
        QuantityUOM: elementOf(head, 4),
        ReturnReason: elementOf(find(rest, 'RDR'), 4),
      }),
    ),
  });
  const places = new Map([['', placeOf(bgn ?? set.segments[0]!)]]);
  if (bgn) places.set('ReturnNumber', placeOf(bgn, 2));
  for (const [index, { head }] of loops.entries()) places.set(`ReturnLines[${index}]`, placeOf(head));
  return readDocument('return', document, problems, places);
}
