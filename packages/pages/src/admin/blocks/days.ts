/** The start of a day in the time zone of the browser, for the API. @param day  "2026-01-31" of a date input */
export function startOfDay(day: string | undefined): string | undefined {
  const at = day ? new Date(`${day}T00:00:00`) : undefined
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined
}

/** The start of the next day: the API excludes the end of a range. */
export function endOfDay(day: string | undefined): string | undefined {
  const at = startOfDay(day)
  if (!at) return undefined
  const next = new Date(at)
  next.setDate(next.getDate() + 1)
  return next.toISOString()
}
