import { AppError } from '../kernel/errors.js';

/**
 * Under which number a document of our own making is kept, apart from the ERP's: an ERP that answers a buyer's request
 * may well give its acknowledgement the request's number. Readers see the number without the prefix.
 */
export function ownReference(source: 'auto' | 'tiktok', number: string | number): string {
  return `${source}:${number}`;
}

/** @throws AppError invalid-document for a number of the ERP's that could be one of ours */
export function checkForeignNumber(acknowledgementNumber: string): void {
  if (!/^(auto|tiktok):/.test(acknowledgementNumber)) return;
  throw new AppError('invalid-document', 'This number cannot be used.', {
    details: [
      {
        field: 'AcknowledgementNumber',
        message: 'must not begin with auto: or tiktok:',
        next: 'Use another number.',
      },
    ],
  });
}
