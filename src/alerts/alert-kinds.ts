/** What sellers are told of. Names are kept for ever: recipients switch them off by name. */
export const alertKinds = {
  'failed-documents': 'Documents that TikTok or a rule has refused.',
  decisions: 'Effects of which nobody knows whether TikTok has them, so that a person decides.',
  deadlines: 'What must be shipped or answered within four hours, or is late.',
  connection: 'A shop whose authorisation has ended or ends soon.',
  'stuck-tasks': 'Tasks that have failed three times in a row or more.',
  'held-feeds': 'Feeds that wait to be confirmed or refused.',
  'import-errors': 'Feeds of which rows, or all of it, could not be taken.',
  'unmatched-skus': 'Items that are not sent, since nobody knows which SKU of TikTok they are.',
  'no-feed': 'No inventory feed for some hours (setting `feedAlertHours`).',
  products: 'Products that TikTok has refused, or that wait for something that only you can do.',
  deliveries: 'Files for you that could not be written, were refused, or got no receipt.',
  webhooks: 'Webhooks whose receiver takes nothing.',
} as const;

export type AlertKind = keyof typeof alertKinds;

/** What can be wrong, as it is found now. */
export interface FoundAlert {
  companyId: number;
  kind: AlertKind;
  /** What it is about among its kind. */
  cause: string;
  connectionId: number | null;
  /** One sentence, without personal data. */
  title: string;
  /** What to do. */
  next: string;
  /** Path below the address of this service. */
  link: string;
  count: number;
}
