import { expect, test } from 'vitest'
import { approved, at, buyer, ok, subscriptionOf } from './customer.js'

const ends = (plan: string, start: string, days: string[]) => {
  const model = buyer(plan, start)
  return days.map((day) => {
    ok(model.advanceTo(at(day)))
    return subscriptionOf(model).period.end.slice(0, 10)
  })
}

test('Periods: the day is clamped to the month and counted from 31 January 2026', () => {
  expect(
    ends('pro', '2026-01-31T10:00', ['01-31T10:00', '02-28T10:00', '03-31T10:00', '04-30T10:00', '2026-12-31T10:00', '2027-01-31T10:00']),
  ).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2027-01-31', '2027-02-28'])
})

test('Periods: 31 January 2028 and 29 February 2028, yearly', () => {
  expect(ends('pro', '2028-01-31', ['2028-01-31', '2028-02-29'])).toEqual(['2028-02-29', '2028-03-31'])
  expect(ends('pro-yearly', '2028-02-29', ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28'])).toEqual([
    '2029-02-28',
    '2030-02-28',
    '2031-02-28',
    '2032-02-29',
  ])
})

test('Periods: a period does not contain its end', () => {
  const model = buyer('pro', '05-04T10:00')
  ok(model.advanceTo(at('06-04T09:59:59.999')))
  expect(subscriptionOf(model).period.end).toBe('2026-06-04T10:00:00.000Z')
  ok(model.advanceTo(at('06-04T10:00')))
  expect(subscriptionOf(model).period.start).toBe('2026-06-04T10:00:00.000Z')
})

test.each([buyer, approved])('Periods: when the clock jumps three months, three renewals happen, once each', (subscribe) => {
  const model = subscribe('pro', '05-01')
  ok(model.grantCredit(10_000n))
  for (const day of ['08-01', '08-01']) ok(model.advanceTo(at(day)))
  const renewals = model.snapshot().orders.filter(({ kind }) => kind === 'RENEWAL')
  expect(renewals.map(({ period }) => period?.start.slice(0, 10))).toEqual(['2026-06-01', '2026-07-01', '2026-08-01'])
})
