/** The source of time. No other part of the server bases a decision on the machine's clock. */
export interface Clock {
  now(): Date
}

/** The machine's clock plus an offset, which the demo uses to try out later dates. */
export class MovableClock implements Clock {
  #offsetMs = 0

  now(): Date {
    return new Date(Date.now() + this.#offsetMs)
  }

  /** @returns the offset from the machine's clock, milliseconds */
  moveTo(at: Date): number {
    this.#offsetMs = at.getTime() - Date.now()
    return this.#offsetMs
  }

  moveBy(offsetMs: number): void {
    this.#offsetMs = offsetMs
  }
}

export const systemClock: Clock = { now: () => new Date() }

/**
 * The clock of work that is done later than it was due. Work that waited for a real clock is done now. A clock that was
 * moved has skipped the time between, so its work is done when it was due.
 */
export function clockAt(clock: Clock, due: Date): Clock {
  if (!(clock instanceof MovableClock)) return clock
  return { now: () => (due < clock.now() ? due : clock.now()) }
}
