import type { DocumentSnapshot } from '../../src/modules/invoicing/document-snapshot.js'
import { calculateTotals } from '../../src/modules/invoicing/invoice.rules.js'
import { onlyTax, type TaxDecision } from '../../src/modules/invoicing/tax/tax.rules.js'
import type { DescribedLine } from '../../src/modules/orders/order-item.js'

export const ISSUER = {
  company: 'Hosting GmbH',
  name: 'Hosting GmbH',
  address: 'Hauptstraße 1',
  city: 'Berlin',
  zip: '10115',
  country: 'DE',
  taxId: 'DE123456789',
  email: 'billing@hosting.example',
}

export const STANDARD = onlyTax({ category: 'STANDARD', millionths: 190_000 })

export function orderLines(count: number, price = 1500n): DescribedLine[] {
  return Array.from({ length: count }, (_, index) => ({
    description: `Position ${index + 1}`,
    quantity: 1,
    unitPrice: price,
    amount: price,
  }))
}

interface Sample {
  lines?: readonly DescribedLine[]
  tax?: TaxDecision
  pricesIncludeTax?: boolean
}

/** An invoice of a German seller to a British buyer. By default it has one line of 15.00 plus 19% tax. */
export function sampleDocument(
  { lines = orderLines(1), tax = STANDARD, pricesIncludeTax = false }: Sample = {},
  changes: Partial<DocumentSnapshot> = {},
): DocumentSnapshot {
  return {
    kind: 'INVOICE',
    number: 'INV-2026-000042',
    orderId: 101,
    orderStatus: 'ACTIVE',
    paid: true,
    date: '2026-05-01T10:00:00.000Z',
    supplyDate: '2026-05-01T10:00:00.000Z',
    dueDate: '2026-05-01T10:00:00.000Z',
    period: { start: '2026-05-01T10:00:00.000Z', end: '2026-06-01T10:00:00.000Z' },
    timeZone: 'UTC',
    locale: 'en-US',
    currency: 'EUR',
    issuer: ISSUER,
    buyer: {
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      address: "12 St James's Square",
      city: 'London',
      state: null,
      zip: 'SW1Y 4JH',
      country: 'GB',
      taxId: 'GB123456789',
      registrationId: null,
      reference: null,
      purchaseOrder: null,
      electronicAddress: null,
    },
    ...calculateTotals(lines, tax, pricesIncludeTax),
    vatIdCheck: tax.check,
    credited: null,
    merchantOfRecord: null,
    ...changes,
  }
}
