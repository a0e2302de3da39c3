/**
 * `urgent`: a buyer or an operator waits for it (orders, shipments, cancellations, a click). `background`: sweeps and
 * backlogs. `outgoing`: calls to servers of others, which may be slow (webhooks, mail). Each lane has its own queue and workers, so
 * that the first never waits behind the others, and neither behind a server that does not answer.
 */
export type Lane = 'urgent' | 'background' | 'outgoing';

export const lanes: readonly Lane[] = ['urgent', 'background', 'outgoing'];
