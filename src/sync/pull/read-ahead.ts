/**
 * The same items in the same order, but while one is worked on the next is asked for: one ahead, no more. A failure of
 * the one ahead counts when its turn comes, and not before; whoever stops earlier never hears of it, nor waits for it.
 */
export async function* readAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let ahead = items.next();
  for (;;) {
    const { value, done } = await ahead;
    if (done) return;
    ahead = items.next();
    // Without a listener a failure would end the process before its turn comes.
    ahead.catch(() => undefined);
    yield value;
  }
}
