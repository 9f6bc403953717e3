/** Where time comes from. Nothing else in the server reads the machine's clock for a decision. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
