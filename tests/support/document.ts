import type { DocumentSnapshot } from '../../src/invoices/invoice.rules.js'

/** A document with as many lines as are asked for. */
export function sampleDocument(lines = 1, changes: Partial<DocumentSnapshot> = {}): DocumentSnapshot {
  const total = String(1500 * lines)
  return {
    kind: 'INVOICE',
    number: 'INV-2026-000042',
    orderId: 101,
    orderStatus: 'ACTIVE',
    paid: true,
    date: '2026-05-01T10:00:00.000Z',
    dueDate: '2026-05-01T10:00:00.000Z',
    period: { start: '2026-05-01T10:00:00.000Z', end: '2026-06-01T10:00:00.000Z' },
    timeZone: 'UTC',
    locale: 'en-US',
    currency: 'USD',
    issuer: {
      company: 'Hosting Inc.',
      name: 'Hosting Incorporated',
      address: '1 Main Street',
      city: 'Springfield',
      country: 'US',
      taxId: 'US-123',
      email: 'billing@hosting.example',
    },
    buyer: {
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      address: "12 St James's Square",
      city: 'London',
      state: null,
      zip: 'SW1Y 4JH',
      country: 'GB',
      taxId: 'GB-456',
    },
    lines: Array.from({ length: lines }, (_, index) => ({
      description: `Position ${index + 1}`,
      quantity: 1,
      unitPrice: '1500',
      amount: '1500',
    })),
    subtotal: total,
    taxes: [{ rate: 0, net: total, tax: '0' }],
    tax: '0',
    total,
    ...changes,
  }
}
