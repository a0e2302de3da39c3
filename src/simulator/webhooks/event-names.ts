/**
 * TikTok: Webhooks overview. Numbers as in the bodies, names as in the management calls. UNCONFIRMED: the name of 27 and the
 * number of `inventory_update`, which TikTok has announced without one.
 */
export const eventNumbers = {
  ORDER_STATUS_CHANGE: 1,
  REVERSE_STATUS_UPDATE: 2,
  RECIPIENT_ADDRESS_UPDATE: 3,
  PACKAGE_UPDATE: 4,
  PRODUCT_STATUS_CHANGE: 5,
  SELLER_DEAUTHORIZATION: 6,
  UPCOMING_AUTHORIZATION_EXPIRATION: 7,
  CANCELLATION_STATUS_CHANGE: 11,
  RETURN_STATUS_CHANGE: 12,
  NEW_CONVERSATION: 13,
  NEW_MESSAGE: 14,
  PRODUCT_INFORMATION_CHANGE: 15,
  PRODUCT_CREATION: 16,
  PRODUCT_CATEGORY_CHANGE: 18,
  INVENTORY_STATUS_CHANGE: 27,
  NEW_MESSAGE_LISTENER: 33,
  INVOICE_STATUS_CHANGE: 36,
  PRODUCT_AUDIT_STATUS_CHANGE: 37,
  INVENTORY_UPDATE: 60,
} as const;

export type EventName = keyof typeof eventNumbers;

export function isEventName(text: string): text is EventName {
  return Object.hasOwn(eventNumbers, text);
}

export const eventNames = Object.keys(eventNumbers).filter(isEventName);
