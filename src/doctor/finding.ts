/** One thing that was looked at. `warn`: works, but not as it should; `fail`: something does not work. */
export interface Finding {
  /** Stable name, such as `database-version`. */
  check: string;
  state: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do, where there is something to do. */
  next?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, state: 'ok', detail };
}

export function warn(check: string, detail: string, next: string): Finding {
  return { check, state: 'warn', detail, next };
}

export function fail(check: string, detail: string, next: string): Finding {
  return { check, state: 'fail', detail, next };
}

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

/** Lines for a terminal, with a last one that counts. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map((finding) => finding.check.length));
  const lines = findings.flatMap(({ check, state, detail, next }) => [
    `${MARKS[state]}  ${check.padEnd(width)}  ${detail}`,
    ...(next ? [`${' '.repeat(width + 8)}-> ${next}`] : []),
  ]);
  const count = (state: Finding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  return [...lines, '', `${count('fail')} wrong, ${count('warn')} to look at, ${count('ok')} in order`].join(
    '\n',
  );
}
