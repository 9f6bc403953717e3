import { registerEnumType } from 'type-graphql'

export const TimeSort = { NEWEST_FIRST: 'NEWEST_FIRST', OLDEST_FIRST: 'OLDEST_FIRST' } as const
export type TimeSort = keyof typeof TimeSort

registerEnumType(TimeSort, {
  name: 'TimeSort',
  description: 'The sort order of a list by time. Entries with the same time have a fixed order.',
  valuesConfig: { NEWEST_FIRST: { description: 'The newest entry first.' }, OLDEST_FIRST: { description: 'The oldest entry first.' } },
})

/** The options of the argument `orderBy`. */
export const TIME_SORT_ARGUMENT = { nullable: true, description: 'The sort order; the newest entry first by default.' }
