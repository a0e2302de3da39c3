/** Where a person settles an effect of which nobody knows whether TikTok has it; goes on from the reason. */
export const DECIDE_BY_HAND =
  'Compare with TikTok Seller Center, then decide on the page of the connection (under "Waits for a person") or with the command outbox.';
