import { QuittanceError } from '@quittance/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAmount } from '../../packages/pages/src/ui/amount-text.js'
import { formatDecimal } from '../../src/core/money.js'

// Its imports have no file extensions, as those of all pages.
const FIELD = '../../packages/pages/src/admin/blocks/field.ts'
const { fieldProblems, initialValues, readValues, UnreadableField } = (await import(FIELD)) as any

describe('an amount that an administrator enters', () => {
  test.each([
    ['49', 'EUR', 4900],
    [' 49,5 ', 'EUR', 4950],
    ['0.05', 'EUR', 5],
    ['0', 'EUR', 0],
    ['1500', 'JPY', 1500],
    ['1.234', 'KWD', 1234],
  ])('%s in %s is %d minor units', (text, currency, minorUnits) => {
    expect(parseAmount(text, currency)).toBe(minorUnits)
  })

  test.each([
    ['', 'EUR'],
    ['abc', 'EUR'],
    ['-5', 'EUR'],
    ['1.234', 'EUR'],
    ['1.5', 'JPY'],
    ['1,000.00', 'EUR'],
    ['1e3', 'EUR'],
    ['1', 'EURO'],
    ['1', ''],
    ['90071992547409.92', 'EUR'],
  ])('%s is not an amount in %s', (text, currency) => {
    expect(parseAmount(text, currency)).toBeUndefined()
  })

  test('is what the API has formatted', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD')
    fc.assert(
      fc.property(fc.maxSafeNat(), currencies, (minorUnits, currency) => {
        expect(parseAmount(formatDecimal({ minorUnits: BigInt(minorUnits), currency }), currency)).toBe(minorUnits)
      }),
    )
  })
})

describe('the values of a form', () => {
  const fields = [
    { name: 'currency', label: 'Currency', kind: 'text', initial: 'USD' },
    {
      name: 'items',
      label: 'Lines',
      kind: 'lines',
      lineFields: [
        { name: 'description', label: 'Description', kind: 'text' },
        { name: 'quantity', label: 'Quantity', kind: 'number', initial: '1' },
        { name: 'unitPrice', label: 'Unit price', kind: 'amount' },
      ],
    },
  ]
  const line = (unitPrice: string, quantity = '1') => ({ description: 'Setup', quantity, unitPrice })

  test('begin with one line', () => {
    expect(initialValues(fields)).toEqual({ currency: 'USD', items: [{ description: '', quantity: '1', unitPrice: '' }] })
  })

  test.each([
    ['USD', '15', 1500],
    ['JPY', '1500', 1500],
    [' kwd ', '1.5', 1500],
  ])('have amounts in the currency that was entered: %s', (currency, unitPrice, minorUnits) => {
    const { items } = readValues(fields, { currency, items: [line(unitPrice), line(unitPrice, '3')] })
    expect(items).toEqual([
      { description: 'Setup', quantity: 1, unitPrice: minorUnits },
      { description: 'Setup', quantity: 3, unitPrice: minorUnits },
    ])
  })

  test('name the input that cannot be read', () => {
    const read = (items: object[]) => () => readValues(fields, { currency: 'USD', items })
    expect(read([line('1'), line('x')])).toThrow(new UnreadableField('items.1.unitPrice'))
    expect(read([line('1', 'many')])).toThrow(new UnreadableField('items.0.quantity'))
  })

  test.each([
    ['input.items[1].unitPrice', 'items.1.unitPrice'],
    ['input.items.0.description', 'items.0.description'],
    ['input.items', 'items'],
    ['input.currency', 'currency'],
    ['input.userId', undefined],
  ])('have the error about %s at %s', (field, name) => {
    const message = `${field}: must be better`
    const error = new QuittanceError(message, { status: 200, errors: [{ message, extensions: { code: 'BAD_USER_INPUT', field } }] })
    expect(fieldProblems(error, fields)).toEqual(name === undefined ? {} : { [name]: 'must be better' })
  })
})

test('an amount has the currency of the plan that is chosen, not that of the customer', () => {
  const currencyBy = ({ planId }: Record<string, string>) => (planId === 'plan_2' ? 'JPY' : undefined)
  const fields = [{ name: 'amount', label: 'Amount', kind: 'amount', currency: 'EUR', currencyBy }]
  expect(readValues(fields, { amount: '1000', planId: 'plan_2' })).toEqual({ amount: 1000 })
  expect(readValues(fields, { amount: '10', planId: '' })).toEqual({ amount: 1000 })
})

describe('a day that an administrator enters', () => {
  const read = (kind: string, timeZone: string) => readValues([{ name: 'at', label: 'At', kind }], { at: '2026-05-31' }, timeZone).at

  test.each([
    ['Europe/Berlin', '2026-05-30T22:00:00.000Z', '2026-05-31T21:59:59.999Z'],
    ['Pacific/Auckland', '2026-05-30T12:00:00.000Z', '2026-05-31T11:59:59.999Z'],
  ])('is one in %s, from %s to %s', (timeZone, start, end) => {
    expect([read('day', timeZone), read('lastDay', timeZone), read('date', timeZone)]).toEqual([start, end, '2026-05-31'])
  })

  test('is named if it cannot be read', () => {
    const fields = [{ name: 'dueAt', label: 'Due', kind: 'lastDay', isRequired: true }]
    expect(() => readValues(fields, { dueAt: '2026-5' }, 'UTC')).toThrow(new UnreadableField('dueAt'))
  })
})
