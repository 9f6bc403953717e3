const DAY_MS = 86_400_000

export function addDays(at: Date, days: number): Date {
  return new Date(at.getTime() + days * DAY_MS)
}

/** Whole 24-hour days, rounded down. */
export function wholeDaysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS)
}

export function earliest(a: Date, b: Date): Date {
  return a < b ? a : b
}

export function latest(a: Date, b: Date): Date {
  return a > b ? a : b
}
