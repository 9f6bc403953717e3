// The texts of invoices, which the pages share: src/modules/invoicing/i18n. Only what the pages use is declared.
// tests/pages/messages.test.ts checks that each language has it.

interface InvoiceTexts {
  readonly titles: Readonly<Record<'INVOICE' | 'PRO_FORMA' | 'CREDIT_NOTE' | 'STATEMENT' | 'PAYMENT_REQUEST' | 'RECEIPT', string>>
  readonly orderStatuses: Readonly<Record<'PENDING' | 'ACTIVE' | 'CANCELLED' | 'EXPIRED', string>>
  readonly paymentKinds: Readonly<Record<'PROVIDER' | 'BANK_TRANSFER' | 'CASH' | 'OTHER' | 'BALANCE', string>>
  readonly order: string
  readonly date: string
  readonly description: string
  readonly amount: string
  readonly net: string
  readonly tax: string
  readonly total: string
  readonly amountDue: string
  readonly paid: string
  readonly customer: string
  readonly vatId: string
  readonly registration: string
  readonly yourReference: string
  readonly purchaseOrder: string
  readonly reason: string
  readonly howToPay: string
  readonly otherWaysToPay: string
  readonly recipient: string
  readonly paymentReference: string
  readonly paymentDate: string
  readonly paymentProvider: string
  readonly dueOn: (day: string) => string
  readonly logo: (company: string) => string
  readonly page: (number: number, of: number) => string
}

declare module 'invoice-texts/en' {
  export const english: InvoiceTexts
}
declare module 'invoice-texts/de' {
  export const german: InvoiceTexts
}
declare module 'invoice-texts/fr' {
  export const french: InvoiceTexts
}
declare module 'invoice-texts/es' {
  export const spanish: InvoiceTexts
}
