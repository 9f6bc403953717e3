import type { OrderStatus } from '../../../platform/postgres/generated/enums.js'
import type { DocumentKind } from '../invoice.rules.js'

/** Everything that a document says by itself, in one language. */
export interface Messages {
  /** What the document is called: "Invoice", and over the page in capitals. */
  titles: Record<DocumentKind, string>
  /** A credit note for what somebody else sold. */
  refundStatement: string
  number: string
  order: string
  date: string
  supplyDate: string
  dueDate: string
  validUntil: string
  servicePeriod: string
  status: string
  paid: string
  open: string
  orderStatuses: Record<OrderStatus, string>
  credited: string
  from: string
  billTo: string
  taxId: string
  description: string
  quantity: string
  unitPrice: string
  rate: string
  amount: string
  net: string
  total: string
  /** @param base  what the tax is computed on, written out */
  taxOf(rate: string, base: string): string
  reverseCharge: string
  /** @param day  when it was checked, written out */
  vatIdChecked(vatId: string, day: string): string
  creditFor(number: string, day: string): string
  reason: string
  proForma: string
  /** Of a document of the sandbox. */
  testSale: string
  statement(seller: string): string
  sellersDocument: string
  page(number: number, of: number): string
  logo(company: string): string
  proFormaForOrder(order: number): string
}
