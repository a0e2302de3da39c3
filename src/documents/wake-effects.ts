/** Who tells the workers of effects that were asked for. */
export interface Waking {
  /** Tells the workers about an outbox entry, after the commit. May be lost: the next beat finds the entry. */
  wake?: ((outboxId: bigint) => void) | undefined;
}

/** After the commit that has asked for these effects: one story for every kind, so that no effect waits for the beat. */
export function wakeAll({ wake }: Waking, outboxIds: readonly bigint[]): void {
  for (const id of outboxIds) wake?.(id);
}
