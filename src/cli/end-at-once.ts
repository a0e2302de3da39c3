const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function endAtOnce(): void {
  process.exit(0);
}

/** While a server is loaded and started there is nothing yet that would have to be closed in order. */
export function endAtOnceOnSignal(): void {
  for (const signal of SIGNALS) process.once(signal, endAtOnce);
}

/** From now on a signal only resolves this. */
export async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of SIGNALS) {
      process.off(signal, endAtOnce);
      process.once(signal, () => resolve());
    }
  });
}
