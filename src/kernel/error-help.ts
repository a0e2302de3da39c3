import type { ErrorCode } from './errors.js';
import type { Help } from './help.js';

/** Cause and next step of every error code. */
export const errorHelp: Readonly<Record<ErrorCode, Help>> = {
  'invalid-request': {
    cause: 'A parameter of the path or the query is malformed, or the body is no JSON.',
    next: 'Correct what `Details` names. `/docs` describes every call.',
  },
  'invalid-document': {
    cause: 'The document lacks a member, or a value does not fit the order.',
    next: 'Correct the fields that `Details` names and send the document again under the same number.',
  },
  'rule-violated': {
    cause: 'A rule forbids it just now. Nothing was stored.',
    next: 'Do what `Next` says. The name before the colon is the gate; this page has it.',
  },
  'not-authenticated': {
    cause: 'The API key is missing, wrong, revoked or out of date.',
    next: 'Send the key as header `SubscriptionKey`. An operator makes a new key on the page Companies and keys.',
  },
  'not-allowed': {
    cause: 'Another site has sent the request, the form is out of date, or the host name is not allowed.',
    next: 'Load the page again. Add the host name to `ALLOWED_HOSTS` when the demo runs under one.',
  },
  'not-found': {
    cause: 'The document is not there, or belongs to another company; or the path does not exist.',
    next: 'Compare key and path. For an order of TikTok, `GET Explain?order=` says why it is not here.',
  },
  'method-not-allowed': {
    cause: 'The path exists, but not with this method.',
    next: 'Use a method that the header `Allow` names.',
  },
  'not-acceptable': {
    cause: 'The service does not answer this call in the format that `Accept` asks for.',
    next: 'Ask for `application/json`.',
  },
  conflict: {
    cause: 'Another call works on the same document, or has changed it meanwhile.',
    next: 'Read the document again, then repeat the call.',
  },
  'precondition-failed': {
    cause: 'The document has changed since you read it, so `If-Match` does not fit.',
    next: 'Read the document again, then repeat the call with its new ETag.',
  },
  'body-too-large': {
    cause: 'The body or the file is larger than the service takes.',
    next: 'Send less at once, or have `BODY_LIMIT_BYTES` or `UPLOAD_LIMIT_BYTES` raised.',
  },
  'unsupported-media-type': {
    cause: 'The service does not read this `Content-Type`.',
    next: 'Send `application/json`; files as CSV or XLSX.',
  },
  'idempotency-key-reused': {
    cause: 'The same `Idempotency-Key` came with another call or another body before.',
    next: 'Use a new key for every new call.',
  },
  'too-many-requests': {
    cause: 'The key has used up its rate, or its address has sent too many wrong keys.',
    next: 'Wait as long as `Retry-After` says.',
  },
  'configuration-invalid': {
    cause: "A setting of the installation, the app in Partner Center or the app's permissions are wrong.",
    next: 'Run the command `doctor`; it names what is missing or wrong.',
  },
  'needs-reauthorization': {
    cause: 'TikTok no longer accepts the tokens: the seller has removed the app, or they have run out.',
    next: 'Connect the shop again on its connection page. What waits is sent then, and nothing is lost.',
  },
  'connection-not-ready': {
    cause: 'The connection has no shop yet, is paused, or is closed.',
    next: 'Finish or resume the connection on its page.',
  },
  'tiktok-refused': {
    cause: 'TikTok has refused the call for good.',
    next: "Do what `Next` says; TikTok's code stands below.",
  },
  'tiktok-unavailable': {
    cause: 'TikTok cannot be reached, or cannot do it just now.',
    next: 'The service tries again; `doctor` tells whether the clock of the machine is the cause.',
  },
  'tiktok-throttled': {
    cause: 'TikTok takes no more calls of this kind for now.',
    next: 'The service goes on by itself, more slowly. The connection’s page shows the rates.',
  },
  'tiktok-in-doubt': {
    cause: 'The answer was lost, so TikTok may or may not have done it.',
    next: 'The service reads back what TikTok has before it sends again. If it cannot know, the effect waits for a person on the connection’s page.',
  },
  'channel-unavailable': {
    cause:
      'A service that orders are delivered to, such as Shopify, is not reachable or asks to wait. Nothing was done there.',
    next: 'Nothing: the service tries again by itself.',
  },
  'service-unavailable': {
    cause: 'The database or another store does not answer, or the process is ending.',
    next: 'Repeat the call after `Retry-After`. An operator looks at `/health/ready`.',
  },
  'storage-full': {
    cause: 'The folder for temporary files has no room for the file.',
    next: 'An operator makes room; then send the file again.',
  },
  internal: {
    cause: 'A fault of this program.',
    next: 'Repeat the call later. Report the `X-Request-Id` if it stays: the log has the details under it.',
  },
};
