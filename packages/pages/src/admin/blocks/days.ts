const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/** More than the time of any zone differs from UTC. */
const MAX_OFFSET_MS = 16 * HOUR_MS

/**
 * The first moment of a day, for the API. Not every day begins at midnight: the clock may be set forward then.
 * @param day  "2026-01-31" of a date input
 * @param timeZone  of the seller
 */
export function startOfDay(day: string | undefined, timeZone: string): string | undefined {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (day === undefined || Number.isNaN(midnight)) return undefined
  const format = new Intl.DateTimeFormat('sv-SE-u-ca-gregory', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  let before = midnight - MAX_OFFSET_MS
  let start = midnight + MAX_OFFSET_MS
  while (start - before > 1) {
    const middle = Math.floor((before + start) / 2)
    if (format.format(middle) < day) before = middle
    else start = middle
  }
  return new Date(start).toISOString()
}

/** The start of the next day: the API excludes the end of a range. */
export function endOfDay(day: string | undefined, timeZone: string): string | undefined {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight)) return undefined
  return startOfDay(new Date(midnight + DAY_MS).toISOString().slice(0, 10), timeZone)
}

/** The last millisecond of a day: what is due or ends then is over when the day is, and documents state this day. */
export function lastMomentOfDay(day: string, timeZone: string): string | undefined {
  const end = endOfDay(day, timeZone)
  return end && new Date(Date.parse(end) - 1).toISOString()
}
