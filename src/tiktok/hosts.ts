export type TikTokEnvironment = 'production' | 'simulator';

/** Origins (`https://host`), without a slash at the end. */
export interface TikTokHosts {
  api: string;
  token: string;
  /** Authorisation page for sellers outside the United States; opened by the browser. */
  authorize: string;
  /** Authorisation page for sellers in the United States; opened by the browser. */
  authorizeUs: string;
}
