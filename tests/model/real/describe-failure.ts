import type { Failure } from './take-walks.js'

/** The commands of a walk, numbered, and what differs after the last one. */
export function describeFailure({ commands, differences }: Failure): string {
  const line = (value: object) => JSON.stringify(value, (_key, field) => (typeof field === 'bigint' ? Number(field) : field))
  return [...commands.map((command, index) => `${index + 1}. ${line(command)}`), ...differences].join('\n')
}
