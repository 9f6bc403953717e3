import { expect, test } from 'vitest'

// Its imports have no file extensions, as those of all pages.
const MONEY = '../../packages/pages/src/portal/money.ts'
const { sumsByCurrency } = (await import(MONEY)) as any

test('open invoices have one sum for each currency', () => {
  const amounts = [
    { minorUnits: 1000, currency: 'EUR', decimal: '10.00' },
    { minorUnits: 2005, currency: 'USD', decimal: '20.05' },
    { minorUnits: 3010, currency: 'USD', decimal: '30.10' },
    { minorUnits: 700, currency: 'JPY', decimal: '700' },
  ]
  expect(sumsByCurrency(amounts)).toEqual([
    { minorUnits: 1000, currency: 'EUR', decimal: '10.00' },
    { minorUnits: 5015, currency: 'USD', decimal: '50.15' },
    { minorUnits: 700, currency: 'JPY', decimal: '700' },
  ])
  expect(sumsByCurrency([])).toEqual([])
})
