import { jobHandler } from '../../platform/jobs/queue.js'
import { defineModule } from '../define-module.js'
import { customerRows } from '../identity/index.js'
import { AllInvoicesResolver } from './all-invoices.resolver.js'
import { OrganisationInvoicesResolver, UserInvoicesResolver } from './customer-invoices.resolver.js'
import { CreditNoteXmlResolver, InvoiceXmlResolver } from './electronic-invoices/electronic-invoice.resolver.js'
import { InvoiceHowToPayResolver, OrderHowToPayResolver } from './how-to-pay.resolver.js'
import {
  BUYER_DETAILS_MISSING,
  INVOICE_DETAILS_MISSING,
  INVOICE_NOT_FOUND,
  RECEIPT_NOT_FOUND,
  SELLER_DETAILS_MISSING,
} from './invoice.errors.js'
import { RENDER_INVOICE } from './invoice.jobs.js'
import { creditNoteLoader, issuedInvoiceLoader } from './invoice.loader.js'
import { CreditNoteResolver, InvoiceResolver, OrderInvoiceResolver } from './invoice.resolver.js'
import { InvoicePaymentsResolver, PaymentInvoicesResolver } from './invoice-payments.resolver.js'
import { ReceiptResolver } from './receipt.resolver.js'
import { TaxResolver } from './tax/tax.resolver.js'
import { WaitingInvoiceResolver } from './waiting-invoice.resolver.js'

export const invoicing = defineModule({
  resolvers: [
    InvoiceResolver,
    CreditNoteResolver,
    InvoiceXmlResolver,
    CreditNoteXmlResolver,
    OrderInvoiceResolver,
    InvoicePaymentsResolver,
    InvoiceHowToPayResolver,
    OrderHowToPayResolver,
    PaymentInvoicesResolver,
    ReceiptResolver,
    UserInvoicesResolver,
    OrganisationInvoicesResolver,
    AllInvoicesResolver,
    TaxResolver,
    WaitingInvoiceResolver,
  ],
  nodes: {
    Invoice: customerRows(issuedInvoiceLoader, (invoice) => invoice),
    CreditNote: customerRows(creditNoteLoader, (creditNote) => creditNote),
  },
  errors: [INVOICE_NOT_FOUND, RECEIPT_NOT_FOUND, INVOICE_DETAILS_MISSING, SELLER_DETAILS_MISSING, BUYER_DETAILS_MISSING],
  jobs: [jobHandler(RENDER_INVOICE, ({ renderInvoice }, { invoiceId }) => renderInvoice(invoiceId))],
})
