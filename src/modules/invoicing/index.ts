import 'reflect-metadata'

export { getCreditedAmount, issueCreditNote } from './credit-invoice.js'
export { exportInvoices } from './export-invoices.js'
export { INVOICE_NOT_FOUND } from './invoice.errors.js'
export { type LinkPurpose, signInvoiceLink, verifyInvoiceLink } from './invoice-link.js'
export { invoicing } from './invoicing.module.js'
export { issueInvoice } from './issue-invoice.js'
export {
  findIssuedInvoice,
  findIssuedInvoiceForOrder,
  getVisibleInvoice,
  invalidateIssuedInvoiceCache,
  invoiceNotFoundError,
} from './issued-invoice.queries.js'
export { loadLogo } from './pdf/logo.js'
export { PdfRenderer } from './pdf/pdf-renderer.js'
export { quotePrice } from './quote.js'
export { createDocumentStore } from './storage/create-document-store.js'
export { DocumentService, type StoredPdf } from './storage/document-service.js'
export { taxShare } from './tax/tax.rules.js'
export { SetTaxRateInput } from './tax/tax.type.js'
export { setTaxRate } from './tax/tax-rates.js'
