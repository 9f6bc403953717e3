import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfDay, lastMomentOfDay, startOfDay } from '../../packages/pages/src/admin/blocks/days.js'
import { toLocalDate } from '../../src/core/local-date.js'

const HOUR_MS = 60 * 60 * 1000

describe('a day of the seller', () => {
  test.each([
    ['UTC', '2026-05-31', '2026-05-31T00:00:00.000Z', 24],
    ['Europe/Berlin', '2026-05-31', '2026-05-30T22:00:00.000Z', 24],
    ['Pacific/Auckland', '2026-05-31', '2026-05-30T12:00:00.000Z', 24],
    ['Pacific/Kiritimati', '2026-05-31', '2026-05-30T10:00:00.000Z', 24],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z', 24],
    ['America/Los_Angeles', '2026-12-31', '2026-12-31T08:00:00.000Z', 24],
    // The clock is set forward and back, by an hour and by half an hour.
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
    // These have no midnight, because the clock is set forward at that time.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', 23],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', 23],
    // The clock is set back at midnight, to the hour before it.
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00.000Z', 25],
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00.000Z', 24],
  ])('in %s, %s begins at %s and has %d hours', (timeZone, day, start, hours) => {
    expect(startOfDay(day, timeZone)).toBe(start)
    expect(Date.parse(endOfDay(day, timeZone) ?? '') - Date.parse(start)).toBe(hours * HOUR_MS)
  })

  test.each([undefined, '', 'today', '2026-13-01', '+12026-01-01'])('is not %s', (day) => {
    expect([startOfDay(day, 'UTC'), endOfDay(day, 'UTC'), lastMomentOfDay(day ?? '', 'UTC')]).toEqual([undefined, undefined, undefined])
  })

  test('begins and ends on this day in every time zone, and the next one follows it', () => {
    // Samoa had no 30 December 2011.
    const times = fc.date({ min: new Date('2012-01-02'), max: new Date('2040-01-01'), noInvalidDate: true })
    const timeZones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
    fc.assert(
      fc.property(times, timeZones, (at, timeZone) => {
        const day = at.toISOString().slice(0, 10)
        const nextDay = new Date(at.getTime() + 24 * HOUR_MS).toISOString().slice(0, 10)
        const start = new Date(startOfDay(day, timeZone) ?? '')
        expect(toLocalDate(start, timeZone)).toBe(day)
        expect(toLocalDate(new Date(start.getTime() - 1), timeZone) < day).toBe(true)
        expect(endOfDay(day, timeZone)).toBe(startOfDay(nextDay, timeZone))
        expect(toLocalDate(new Date(lastMomentOfDay(day, timeZone) ?? ''), timeZone)).toBe(day)
      }),
      { numRuns: 500 },
    )
  })
})
