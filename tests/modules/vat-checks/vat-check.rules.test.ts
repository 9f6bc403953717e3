import { expect, test } from 'vitest'
import { isFresh, planNextCheck } from '../../../src/modules/vat-checks/vat-check.rules.js'

const AT = new Date('2026-05-01T10:00:00.000Z')
const inMinutes = (minutes: number) => new Date(AT.getTime() + minutes * 60_000)
const IN_30_DAYS = new Date('2026-05-31T10:00:00.000Z')

test.each([
  ['PENDING', 0, 'VALID'],
  ['PENDING', 7, 'INVALID'],
  ['VALID', 0, 'VALID'],
  ['VALID', 2, 'INVALID'],
  ['INVALID', 0, 'VALID'],
  ['UNAVAILABLE', 40, 'VALID'],
] as const)('after %s with %i failed attempts, the result %s is stored and repeated after 30 days', (status, attempts, result) => {
  expect(planNextCheck({ status, attempts }, result, AT)).toEqual({
    isStored: true,
    status: result,
    attempts: 0,
    nextCheckAt: IN_30_DAYS,
  })
})

test('without a result, the first attempt is stored and the next ones follow after 5 minutes, 15 minutes and every hour', () => {
  let state = planNextCheck({ status: 'PENDING', attempts: 0 }, 'UNAVAILABLE', AT)
  expect(state).toEqual({ isStored: true, status: 'UNAVAILABLE', attempts: 1, nextCheckAt: inMinutes(5) })
  for (const [attempts, minutes] of [
    [2, 15],
    [3, 60],
    [4, 60],
    [5, 60],
  ] as const) {
    state = planNextCheck(state, 'UNAVAILABLE', AT)
    expect(state).toEqual({ isStored: false, status: 'UNAVAILABLE', attempts, nextCheckAt: inMinutes(minutes) })
  }
})

test.each(['VALID', 'INVALID'] as const)('%s remains until three attempts in a row have had no result', (status) => {
  const first = planNextCheck({ status, attempts: 0 }, 'UNAVAILABLE', AT)
  expect(first).toEqual({ isStored: false, status, attempts: 1, nextCheckAt: inMinutes(5) })
  const second = planNextCheck(first, 'UNAVAILABLE', AT)
  expect(second).toEqual({ isStored: false, status, attempts: 2, nextCheckAt: inMinutes(15) })
  const third = planNextCheck(second, 'UNAVAILABLE', AT)
  expect(third).toEqual({ isStored: true, status: 'UNAVAILABLE', attempts: 3, nextCheckAt: inMinutes(60) })
  expect(planNextCheck(third, 'UNAVAILABLE', AT).isStored).toBe(false)
})

test('only a valid check of less than 30 days confirms an id without another one', () => {
  expect(isFresh({ result: 'VALID', checkedAt: AT }, new Date(IN_30_DAYS.getTime() - 1))).toBe(true)
  expect(isFresh({ result: 'VALID', checkedAt: AT }, IN_30_DAYS)).toBe(false)
  expect(isFresh({ result: 'INVALID', checkedAt: AT }, AT)).toBe(false)
  expect(isFresh({ result: 'UNAVAILABLE', checkedAt: AT }, AT)).toBe(false)
})
