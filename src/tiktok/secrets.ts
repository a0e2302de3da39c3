const HIDDEN = '[hidden]';
const EMAIL = /[^\s"'<>]+@[^\s"'<>]+/g;

/** A text of TikTok's without our secrets, should it quote the request, and without mail addresses. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let hidden = text;
  for (const secret of secrets) if (secret) hidden = hidden.replaceAll(secret, HIDDEN);
  return hidden.replace(EMAIL, HIDDEN);
}
