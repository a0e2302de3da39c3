import { placeText } from '../../http/error-places.js';
import type { AppError } from '../../kernel/errors.js';

const MOST_DETAILS = 5;

/** What is wrong and what to do, in sentences. */
export function errorSentences({ details }: AppError): string {
  return details
    .slice(0, MOST_DETAILS)
    .map((detail) => {
      const { message, next } = detail;
      const place = placeText(detail);
      return `${place ? `${place}: ` : ''}${message}.${next ? ` ${next}` : ''}`;
    })
    .join(' ');
}
