import { jobHandler } from '../../platform/jobs/queue.js'
import { defineModule } from '../define-module.js'
import { CHECK_VAT_ID } from '../identity/index.js'
import { checkVatId } from './check-vat-id.js'
import { enqueueDueChecks } from './enqueue-due-checks.js'
import { BillingDetailsVatIdResolver, VatIdCheckResolver } from './vat-check.resolver.js'

export const vatChecks = defineModule({
  resolvers: [VatIdCheckResolver, BillingDetailsVatIdResolver],
  jobs: [jobHandler(CHECK_VAT_ID, ({ services, log }, customer) => checkVatId(services, log, customer))],
  cron: { everyMinute: { refresh: ({ services }) => enqueueDueChecks(services) } },
})
