import { describe, expect, test } from 'vitest'
import { monthlyPrice, recurringPrice } from '../../../src/modules/reports/mrr.rules.js'

const AT = new Date('2026-05-01T10:00:00.000Z')
const subscription = (change: Partial<Parameters<typeof recurringPrice>[0]>) => ({
  status: 'ACTIVE' as const,
  collection: 'INVOICE' as const,
  price: 1500n as bigint | null,
  anchor: AT,
  ...change,
})

describe('a subscription', () => {
  test.each([
    ['ACTIVE', 1500n],
    ['PAST_DUE', 1500n],
    ['UNPAID', 1500n],
    ['CANCELLED', 1500n],
    ['TRIALING', 0n],
    ['PAUSED', 0n],
    ['EXPIRED', 0n],
  ] as const)('that is %s counts with %i', (status, price) => {
    expect(recurringPrice(subscription({ status }), AT)).toBe(price)
  })

  test('that was cancelled during its trial does not count', () => {
    const anchor = new Date(AT.getTime() + 1)
    expect(recurringPrice(subscription({ status: 'CANCELLED', anchor }), AT)).toBe(0n)
  })

  test('that nobody collects for does not count, nor does one without a price', () => {
    expect(recurringPrice(subscription({ collection: 'NONE' }), AT)).toBe(0n)
    expect(recurringPrice(subscription({ price: null }), AT)).toBe(0n)
    expect(recurringPrice(subscription({ collection: 'PROVIDER' }), AT)).toBe(1500n)
  })
})

test('a yearly price is divided by 12 and rounded once, half away from zero', () => {
  expect([15000n, 12605n, 6n, 5n, 0n].map((net) => monthlyPrice(net, 'YEAR'))).toEqual([1250n, 1050n, 1n, 0n, 0n])
  expect(monthlyPrice(1261n, 'MONTH')).toBe(1261n)
})
