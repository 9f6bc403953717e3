import { describe, expect, test } from 'vitest'
import { lastDay } from '../../../src/modules/invoicing/invoice.rules.js'

describe('the last day of a period', () => {
  test.each([
    // The examples of the documentation.
    ['UTC', '2026-05-04T10:00:00.000Z', '2026-06-04T10:00:00.000Z', '2026-06-03'],
    ['UTC', '2026-06-04T10:00:00.000Z', '2026-07-04T10:00:00.000Z', '2026-07-03'],
    ['UTC', '2026-05-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z', '2026-05-31'],
    // In the seller's calendar: midnight in Berlin, then half past midnight after a day of 23 and of 25 hours.
    ['Europe/Berlin', '2026-04-30T22:00:00.000Z', '2026-05-31T22:00:00.000Z', '2026-05-31'],
    ['Europe/Berlin', '2026-02-28T23:30:00.000Z', '2026-03-29T22:30:00.000Z', '2026-03-29'],
    ['Europe/Berlin', '2026-09-25T22:30:00.000Z', '2026-10-25T23:30:00.000Z', '2026-10-25'],
    ['America/Los_Angeles', '2026-05-01T06:00:00.000Z', '2026-06-01T06:00:00.000Z', '2026-05-30'],
    ['Europe/Berlin', '2026-05-01T10:00:00.000Z', '2026-05-31T21:59:59.998Z', '2026-05-30'],
  ])('in %s of %s to %s is the day before its end, %s', (timeZone, start, end, day) => {
    expect(lastDay({ start, end }, timeZone)).toBe(day)
  })

  test('is the day that it fills to the last millisecond', () => {
    const period = { start: '2026-05-01T10:00:00.000Z', end: '2026-05-31T21:59:59.999Z' }
    expect(lastDay(period, 'Europe/Berlin')).toBe('2026-05-31')
  })

  test.each([
    ['2026-05-04T10:00:00.000Z', '2026-05-04T18:00:00.000Z'],
    ['2026-05-04T10:00:00.000Z', '2026-05-05T09:00:00.000Z'],
    ['2026-05-04T00:00:00.000Z', '2026-05-05T00:00:00.000Z'],
  ])('of %s to %s is its only day', (start, end) => {
    expect(lastDay({ start, end }, 'UTC')).toBe('2026-05-04')
  })
})
