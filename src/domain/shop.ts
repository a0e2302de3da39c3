/** Where a connection's TikTok is. */
export type Environment = 'production' | 'simulator';

/** `draft`: no shop chosen yet. `needs_reauthorization` and `paused` keep every flow standing, with nothing lost. */
export type ConnectionStatus = 'draft' | 'active' | 'needs_reauthorization' | 'paused' | 'closed';

const standings: Readonly<Record<ConnectionStatus, string>> = {
  draft: 'is not finished',
  active: 'is active',
  needs_reauthorization: 'needs re-authorisation',
  paused: 'is paused',
  closed: 'is closed',
};

/** How a connection stands, to go on after "The connection". */
export function standingOf(status: ConnectionStatus): string {
  return standings[status];
}
