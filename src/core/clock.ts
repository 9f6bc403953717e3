/** Where time comes from. Nothing else in the server reads the machine's clock for a decision. */
export interface Clock {
  now(): Date
}

/** The machine's clock, moved on by as much as somebody who tries things out has asked for. */
export class MovableClock implements Clock {
  #offsetMs = 0

  now(): Date {
    return new Date(Date.now() + this.#offsetMs)
  }

  /** @returns how far it is ahead of the machine's, milliseconds */
  moveTo(at: Date): number {
    this.#offsetMs = at.getTime() - Date.now()
    return this.#offsetMs
  }

  moveBy(offsetMs: number): void {
    this.#offsetMs = offsetMs
  }
}

export const systemClock: Clock = { now: () => new Date() }
