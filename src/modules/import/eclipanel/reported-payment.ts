/**
 * The line of the notes of an order whose customer has reported the payment in EcliPanel and which no administrator has
 * confirmed. The order stays pending; `storeImportedReports` adds the payment to the reported payments.
 */
export { importedReportNote as reportedPaymentNote } from '../../payments/index.js'
