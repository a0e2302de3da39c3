const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function endAtOnce(): void {
  process.exit(0);
}

/** While a server is loaded and started there is nothing yet that would have to be closed in order. */
export function endAtOnceOnSignal(): void {
  for (const signal of SIGNALS) process.once(signal, endAtOnce);
}

/**
 * From now on a signal only resolves this. The new listener comes before the old one goes: Node forgets a signal that has
 * arrived and is not handed out yet when nobody listens for a moment.
 */
export async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of SIGNALS) {
      process.once(signal, () => resolve());
      process.off(signal, endAtOnce);
    }
  });
}
