/** What TikTok grants when a seller installs the app, and again at every refresh. */
export interface TokenGrant {
  accessToken: string;
  accessExpiresAt: Date;
  /** Replaces the one that was sent: keep both tokens in one write. */
  refreshToken: string;
  /** Also the end of the authorisation that the seller gave. */
  refreshExpiresAt: Date;
  /** The seller's account in this app. */
  openId: string;
  sellerName: string;
  /** Two letters. */
  sellerBaseRegion: string;
  /** 0 seller, 1 creator, 3 partner. */
  userType: number | null;
  /** Null where TikTok does not tell (older answers). */
  grantedScopes: string[] | null;
}
