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
