/** UNCONFIRMED: how long before its end the app is told that an authorization ends. */
export const EXPIRY_NOTICE_SEC = 30 * 86_400;
