/** Waits for something that happens by itself; fails when it does not within the deadline. */
export async function until(
  what: string,
  happened: () => Promise<boolean> | boolean,
  deadlineMs = 60_000,
  everyMs = 10,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${deadlineMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
}

/** Something to wait on that is opened by hand. */
export function latch(): { opened: Promise<void>; open(): void } {
  const held: { open?: () => void } = {};
  const opened = new Promise<void>((resolve) => (held.open = resolve));
  return { opened, open: () => held.open?.() };
}
