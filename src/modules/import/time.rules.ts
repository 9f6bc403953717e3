const WITHOUT_ZONE = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/

/** Parses a time as databases write it. Without a zone it is UTC. @returns undefined if it is not a time */
export function parseTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const zoned = typeof value === 'string' ? value.replace(WITHOUT_ZONE, (_all, day: string, time = '00:00') => `${day}T${time}Z`) : value
  const date = new Date(zoned)
  return Number.isNaN(date.getTime()) ? undefined : date
}
