import type { PaymentMethodKind } from '../../ledger/index.js'
import type { OrderStatus } from '../../orders/index.js'
import type { DocumentSnapshot } from '../document-snapshot.js'

/** A payment as a document states it. */
export interface PrintedPayment {
  /** Formatted date. */
  readonly day: string
  readonly kind: PaymentMethodKind
  readonly reference: string | null
}

/** The fixed texts of an invoice document in one language. */
export interface Messages {
  /** Title of each kind of document, for example "Invoice". */
  titles: Record<DocumentSnapshot['kind'], string>
  /** Title of a credit note for a sale by a merchant of record. */
  refundStatement: string
  /** Label and value in a running text: "Reason: Outage". */
  labelled(label: string, value: string): string
  order: string
  date: string
  supplyDate: string
  servicePeriod: string
  /** The buyer's own reference and the number of its order. */
  yourReference: string
  purchaseOrder: string
  /** @param day  formatted date */
  dueOn(day: string): string
  /** @param day  formatted date */
  validUntil(day: string): string
  paid: string
  /** When and how a document was paid: "Paid on 4 May 2026 by bank transfer, reference 17". */
  paidOn(payment: PrintedPayment): string
  orderStatuses: Record<OrderStatus, string>
  from: string
  billTo: string
  /** Label of the customer on a receipt, which bills nothing. */
  customer: string
  /** Label of a tax id with the format of a VAT id. */
  vatId: string
  /** Label of another tax id. */
  taxNumber: string
  /** Label of a number in a register of companies. */
  registration: string
  description: string
  quantity: string
  unitPrice: string
  rate: string
  amount: string
  net: string
  total: string
  /** Label of the part of the total that is already paid. */
  prepaid: string
  amountDue: string
  amountPaid: string
  amountReceived: string
  amountCredited: string
  amountRefunded: string
  /** The usual name of the tax on sales. */
  tax: string
  /** @param tax  its name  @param base  formatted net amount */
  taxOf(tax: string, rate: string, base: string): string
  /** The tax in the currency of the seller's country. @param tax  its name */
  taxIn(tax: string, currency: string): string
  /** The short name of the European Central Bank, a source of exchange rates. */
  europeanCentralBank: string
  reverseCharge: string
  /** Why a sale to another country has no tax. */
  outOfScope: string
  /** @param day  formatted date of the invoice */
  creditFor(number: string, day: string): string
  reason: string
  /** Reason of a credit note for a refund that another system has made. @param system  null for the payment provider */
  refundedBy(system: string | null): string
  /** Why a credit note credits a plan that has ended early or was replaced. */
  unusedPart: string
  /** The reason of a credit note for a customer who withdraws and states none. */
  withdrawal: string
  /** Why a credit note credits the tax of an invoice. */
  taxCorrection: string
  /** The line of a tax correction that states the items again, without tax. */
  withReverseCharge(items: string): string
  proForma: string
  /** Note on the document of an imported order that the former system has invoiced. */
  invoicedElsewhere: string
  /** Note on the payment request of a top-up. */
  paymentRequest: string
  /** Note on a receipt. */
  receipt: string
  /** A payment on a receipt, by its kind. */
  paymentKinds: Record<PaymentMethodKind, string>
  /** Heading of the dates of the invoices that a payment pays. */
  invoiceDate: string
  /** Heading of what a payment pays of them; neither net nor gross. */
  appliedAmount: string
  /** The part of a payment that pays no invoice. */
  addedToBalance: string
  /** The part of a payment from the balance that was not needed. */
  returnedToBalance: string
  /** The part of a payment that waits for its purpose. @param order  null for a payment of the provider */
  held(order: number | null): string
  /** Label of the amount of a payment from the balance. */
  takenFromBalance: string
  /** Label of what has remained of a payment. */
  remaining: string
  paymentDate: string
  paymentProvider: string
  /** A reversed payment on a receipt. @param payment  the text of the payment */
  reversal(payment: string): string
  /** A refund of a payment on a receipt. @param payment  the text of the payment */
  refund(payment: string): string
  /** Heading of the payment methods. */
  howToPay: string
  /** Heading of the payment methods after the first one. */
  otherWaysToPay: string
  /** Whose bank account it is. */
  recipient: string
  /** What the customer must state when paying. */
  paymentReference: string
  /** Below a QR code that starts a transfer. */
  scanToPay: string
  /** Describes such a QR code. */
  paymentCode(amount: string, recipient: string): string
  /** Note on documents of the sandbox. */
  testSale: string
  statement(seller: string): string
  sellersDocument: string
  page(number: number, of: number): string
  logo(company: string): string
  /** Title of a document without a number: "Pro forma for order 101". */
  titleForOrder(title: string, order: number): string
  /** Title of a receipt: "Receipt for payment 7". */
  titleForPayment(title: string, payment: number): string
  /** Buyer without a name. */
  userWithId(id: string): string
  organisationWithId(id: string): string
}
