/**
 * `urgent`: a buyer or an operator waits for it (orders, shipments, cancellations, a click). `background`: sweeps and
 * backlogs. Each lane has its own queue and workers, so that the first never waits behind the second.
 */
export type Lane = 'urgent' | 'background';

export const lanes: readonly Lane[] = ['urgent', 'background'];
