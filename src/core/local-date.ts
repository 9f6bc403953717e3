const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** The day of a moment where a clock shows that time zone's time: "2027-01-01". Time zones are those of the configuration: few. */
export function toLocalDate(at: Date, timeZone: string): string {
  const format =
    dateFormats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE-u-ca-gregory', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  dateFormats.set(timeZone, format)
  return format.format(at)
}
