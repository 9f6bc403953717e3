import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addIntervals, type Interval, isWithin, periodNumber, periodNumberAt } from '../../src/core/period.js'

const intervals = fc.constantFrom<Interval>('MONTH', 'YEAR')
const moments = fc.date({ min: new Date('1990-01-01T00:00:00.000Z'), max: new Date('2100-01-01T00:00:00.000Z'), noInvalidDate: true })

const days = (anchor: string, interval: Interval, counts: number[]) =>
  counts.map((n) => addIntervals(new Date(anchor), interval, n).toISOString().slice(0, 10))

describe('addIntervals clamps the day to the month', () => {
  test('for 31 January 2026, monthly', () => {
    expect(days('2026-01-31T10:00:00.000Z', 'MONTH', [1, 2, 3, 4, 12, 13])).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2027-01-31',
      '2027-02-28',
    ])
  })
  test('for 31 January 2028, a leap year', () => {
    expect(days('2028-01-31T10:00:00.000Z', 'MONTH', [1, 2])).toEqual(['2028-02-29', '2028-03-31'])
  })
  test('for 29 February 2028, yearly', () => {
    expect(days('2028-02-29T10:00:00.000Z', 'YEAR', [1, 2, 3, 4])).toEqual(['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'])
  })
  test('and preserves the time of day to the millisecond', () => {
    expect(addIntervals(new Date('2026-01-31T23:59:59.999Z'), 'MONTH', 1).toISOString()).toBe('2026-02-28T23:59:59.999Z')
  })
})

test('a period contains its start but not its end, where the next one starts', () => {
  const anchor = new Date('2026-01-31T10:00:00.000Z')
  const [first, second] = [periodNumber(anchor, 'MONTH', 1), periodNumber(anchor, 'MONTH', 2)]
  expect([isWithin(first, first.start), isWithin(first, first.end)]).toEqual([true, false])
  expect(second.start).toEqual(first.end)
})

test('periodNumberAt returns the one period that contains the moment', () => {
  fc.assert(
    fc.property(moments, intervals, moments, (anchor, interval, at) => {
      const n = periodNumberAt(anchor, interval, at)
      expect(isWithin(periodNumber(anchor, interval, n), at)).toBe(true)
      expect(isWithin(periodNumber(anchor, interval, n + 1), at)).toBe(false)
    }),
  )
})

test('periods are calculated from the anchor: they have no gaps and never drift', () => {
  fc.assert(
    fc.property(moments, intervals, fc.integer({ min: 1, max: 500 }), (anchor, interval, n) => {
      expect(periodNumber(anchor, interval, n).end).toEqual(periodNumber(anchor, interval, n + 1).start)
      expect(addIntervals(anchor, interval, n).getUTCDate() <= anchor.getUTCDate()).toBe(true)
      expect(addIntervals(anchor, interval, n).getTime() % 86_400_000).toBe(anchor.getTime() % 86_400_000)
    }),
  )
})
