import { describe, expect, test } from 'vitest'
import { messagesFor } from '../../../src/modules/invoicing/i18n/languages.js'
import { firstUses, receiptLines, remainingOf, takenBack } from '../../../src/modules/invoicing/receipt.rules.js'

const { messages } = messagesFor('en')
const at = new Date('2026-05-01T10:00:00.000Z')
const allocate = (...changes: [invoiceId: bigint, amount: bigint][]) => changes.map(([invoiceId, amount]) => ({ invoiceId, amount }))
const usesOf = (...changes: [bigint, bigint][]) => [...firstUses(allocate(...changes))]

describe('what a payment first paid', () => {
  test('is what it pays of each invoice', () => {
    expect(usesOf([1n, 1500n], [2n, 700n], [1n, 300n])).toEqual([
      [1n, 1800n],
      [2n, 700n],
    ])
  })

  test('stays when a credit note frees it', () => {
    expect(usesOf([1n, 1500n], [1n, -500n])).toEqual([[1n, 1500n]])
  })

  test('does not include what the freed money pays next', () => {
    expect(usesOf([1n, 1500n], [1n, -1000n], [2n, 1000n])).toEqual([[1n, 1500n]])
  })

  test('includes money that is used for the first time after other money was freed', () => {
    expect(usesOf([1n, 1500n], [1n, -1000n], [2n, 1200n])).toEqual([
      [1n, 1500n],
      [2n, 200n],
    ])
  })
})

test('the lines of a receipt add up to the payment', () => {
  const invoices = new Map(
    (['INV-1', 'INV-2'] as const).map((number, index) => [BigInt(index + 1), { kind: 'INVOICE' as const, number, issuedAt: at }]),
  )
  const allocations = allocate([1n, 1500n], [2n, 700n], [1n, -1500n])
  const payment = { kind: 'CASH' as const, amount: 3000n, held: 300n, orderId: 5n, allocations }
  expect(receiptLines(payment, invoices, messages).map(({ description, amount, date }) => [description, amount, date])).toEqual([
    ['Invoice INV-1', '1500', at.toISOString()],
    ['Invoice INV-2', '700', at.toISOString()],
    ['Held for order 5', '300', undefined],
    ['Added to the balance', '500', undefined],
  ])
})

test('a refund and a reversal reduce what has remained', () => {
  const refund = { kind: 'REFUND' as const, amount: '200', at: at.toISOString() }
  expect(remainingOf([{ amount: '500', returned: [refund] }, { amount: '300' }])).toBe(600n)
})

test('what a credit note has freed was not taken back', () => {
  const later = new Date(at.getTime() + 1)
  const changes = [
    { invoiceId: 1n, amount: 1500n, createdAt: at },
    { invoiceId: 1n, amount: -500n, createdAt: at },
    { invoiceId: 1n, amount: -400n, createdAt: later },
    { invoiceId: 2n, amount: -300n, createdAt: at },
  ]
  const taken = takenBack(changes, [{ creditedInvoiceId: 1n, issuedAt: at }])
  expect(taken.map(({ invoiceId, amount }) => [invoiceId, amount])).toEqual([
    [1n, -400n],
    [2n, -300n],
  ])
})
