/**
 * The simulator's own time: real time plus an offset, or standing still. Everything of the business runs on it
 * (hold hour, token life, limits of correction); only signatures are also held against real time.
 */
export class SimulatorClock {
  private offsetMs = 0;
  private frozenAtMs: number | undefined;

  nowMs(): number {
    return this.frozenAtMs ?? Date.now() + this.offsetMs;
  }

  nowSec(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  set(nowMs: number): void {
    this.offsetMs = nowMs - Date.now();
    if (this.frozenAtMs !== undefined) this.frozenAtMs = nowMs;
  }

  advance(byMs: number): void {
    this.set(this.nowMs() + byMs);
  }

  freeze(): void {
    this.frozenAtMs = this.nowMs();
  }

  unfreeze(): void {
    if (this.frozenAtMs === undefined) return;
    const nowMs = this.frozenAtMs;
    this.frozenAtMs = undefined;
    this.set(nowMs);
  }

  state(): { nowMs: number; offsetMs: number; frozen: boolean } {
    return { nowMs: this.nowMs(), offsetMs: this.offsetMs, frozen: this.frozenAtMs !== undefined };
  }

  restore(state: { nowMs: number; offsetMs: number; frozen: boolean }): void {
    this.offsetMs = state.offsetMs;
    this.frozenAtMs = state.frozen ? state.nowMs : undefined;
  }
}
