const dateFormats = new Map<string, Intl.DateTimeFormat>()

/**
 * The date of a moment in a time zone: "2027-01-01".
 * Formats are cached without a limit, because time zones come from the configuration only.
 */
export function toLocalDate(at: Date, timeZone: string): string {
  const format =
    dateFormats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE-u-ca-gregory', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  dateFormats.set(timeZone, format)
  return format.format(at)
}

/** The day of a date without a time, which is stored as midnight UTC: "2027-01-01". */
export function toDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}
