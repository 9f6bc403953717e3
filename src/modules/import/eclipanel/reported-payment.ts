/**
 * The line in the notes of an order that stores a payment which was reported in EcliPanel and not confirmed there. The order
 * stays pending; `storeImportedReports` adds the payment to the reported payments.
 */
export { importedReportNote as reportedPaymentNote } from '../../payments/index.js'
