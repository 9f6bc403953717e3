import 'reflect-metadata'

export { signingSecrets } from './checkout-signature.js'
export { checkLemonSqueezyStore } from './lemon-squeezy/check-store.js'
export { PROCESS_WEBHOOK } from './payment.jobs.js'
export { payments } from './payments.module.js'
export { withPayments } from './provider-registry.js'
export { importedReportNote } from './reported/imported-report.rules.js'
export { storeImportedReports } from './reported/store-imported-reports.js'
