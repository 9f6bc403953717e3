import { PNG } from 'pngjs'
import { calculateTotals } from '../dist/modules/invoicing/invoice.rules.js'
import { onlyTax } from '../dist/modules/invoicing/tax/tax.rules.js'

const STANDARD = onlyTax({ category: 'STANDARD', millionths: 190_000 })

/** An invoice of a German seller to a British buyer, for benchmarks and the gallery. */
export function sampleInvoice({ lines, tax = STANDARD, pricesIncludeTax = false, ...changes }) {
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
    timeZone: 'Europe/Berlin',
    locale: 'en-GB',
    currency: 'EUR',
    issuer: {
      company: 'Hosting GmbH',
      name: 'Hosting GmbH',
      address: 'Hauptstraße 1',
      city: 'Berlin',
      zip: '10115',
      country: 'DE',
      taxId: 'DE136695976',
      email: 'billing@hosting.example',
    },
    buyer: ADA,
    ...calculateTotals(lines, tax, pricesIncludeTax),
    vatIdCheck: tax.check,
    credited: null,
    merchantOfRecord: null,
    ...changes,
  }
}

export const ADA = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  address: "12 St James's Square",
  city: 'London',
  state: null,
  zip: 'SW1Y 4JH',
  country: 'GB',
  taxId: null,
  registrationId: null,
  reference: null,
  purchaseOrder: null,
  electronicAddress: null,
}

/** A typical one-page invoice with about 90 texts. Number, customer and prices depend on `number`. */
export function invoice(number, lineCount = 12) {
  const lines = Array.from({ length: lineCount }, (_, index) => {
    const price = BigInt(500 + ((number * 7 + index * 131) % 4000))
    return { description: `Server ${number}-${index + 1}, 8 GB, 1 month`, quantity: 1, unitPrice: price, amount: price }
  })
  const buyer = { ...ADA, name: `Customer ${number} Ltd`, email: `customer${number}@example.com`, taxId: 'GB123456789' }
  return sampleInvoice({ lines, number: `INV-2026-${String(number).padStart(6, '0')}`, orderId: number, buyer })
}

/** A logo with transparency, about 22 KB. */
export function logoPng() {
  const picture = new PNG({ width: 300, height: 100 })
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1) {
      const at = (y * picture.width + x) * 4
      const noise = (x * 2_654_435_761 + y * 40_503) >>> 24
      const within = (x - 150) ** 2 / 22_500 + (y - 50) ** 2 / 2500
      picture.data.set([20 + (noise >> 3), 90 + (noise >> 4), 170 + (noise >> 4), within < 1 ? Math.round(255 * (1 - within)) : 0], at)
    }
  }
  return PNG.sync.write(picture)
}
