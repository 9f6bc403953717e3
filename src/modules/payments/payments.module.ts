import { runAll } from '../../core/run-all.js'
import { jobHandler } from '../../platform/jobs/queue.js'
import { defineModule } from '../define-module.js'
import { administratorRows, type Customer, customerRows } from '../identity/index.js'
import { CANCEL_AT_PROVIDER, REFUND_UNUSED } from '../subscriptions/index.js'
import { applyPendingChanges } from './apply-pending-changes.js'
import { cancelAtProvider } from './cancel-at-provider.js'
import { CancellationResolver } from './cancellation.resolver.js'
import { ChangePageResolver } from './change-page/change-page.resolver.js'
import { changePageRoutes } from './change-page/change-page-routes.js'
import { finishPlanChangeLater } from './finish-plan-change.js'
import { processWebhook } from './inbound-webhooks/process-webhook.js'
import { webhookRoutes } from './inbound-webhooks/webhook-routes.js'
import { activateWaitingOrders } from './manual/activate-waiting-orders.js'
import { ManualPaymentResolver } from './manual/manual-payment.resolver.js'
import { PAYMENT_IN_PROGRESS, PAYMENT_PROVIDER_UNAVAILABLE, REFUND_NOT_ELIGIBLE } from './payment.errors.js'
import { DELIVER_SANDBOX_WEBHOOK, FINISH_PLAN_CHANGE, FINISH_REFUND, PROCESS_WEBHOOK } from './payment.jobs.js'
import { providerEventLoader, refundLoader, refundPartLoader } from './payment.loader.js'
import { PaymentResolver, ProviderEventResolver } from './payment.resolver.js'
import { ReceivablesResolver } from './receivables/receivables.resolver.js'
import { reconcile } from './reconcile.js'
import { AllRefundsResolver } from './refunds/all-refunds.resolver.js'
import { finishPartLater, finishRefundLater } from './refunds/finish-part.js'
import { OrderRefundsResolver, RefundPartResolver, RefundResolver } from './refunds/refund.resolver.js'
import { refundUnused } from './refunds/refund-unused.js'
import { customerOfReport, reportedPaymentLoader } from './reported/reported-payment.loader.js'
import {
  InvoiceReportedPaymentsResolver,
  OrderReportedPaymentsResolver,
  ReportedPaymentResolver,
} from './reported/reported-payment.resolver.js'
import { deliverSandboxWebhook } from './sandbox/sandbox-webhook.js'
import { TopUpResolver } from './top-up/top-up.resolver.js'

/** A payout of an organisation's balance has no buyer. The user that it names may have left the organisation since. */
function customerOfRefund({ orderId, userId, organisationId }: Customer & { readonly orderId: bigint | null }): Customer {
  return { userId: orderId === null && organisationId !== null ? '' : userId, organisationId }
}

export const payments = defineModule({
  resolvers: [
    PaymentResolver,
    ProviderEventResolver,
    RefundResolver,
    RefundPartResolver,
    OrderRefundsResolver,
    AllRefundsResolver,
    ManualPaymentResolver,
    ReceivablesResolver,
    TopUpResolver,
    ReportedPaymentResolver,
    OrderReportedPaymentsResolver,
    InvoiceReportedPaymentsResolver,
    ChangePageResolver,
    CancellationResolver,
  ],
  nodes: {
    Refund: customerRows(refundLoader, customerOfRefund),
    RefundPart: customerRows(refundPartLoader, ({ refund }) => customerOfRefund(refund)),
    ReportedPayment: customerRows(reportedPaymentLoader, customerOfReport),
    ProviderEvent: administratorRows(providerEventLoader),
  },
  errors: [REFUND_NOT_ELIGIBLE, PAYMENT_PROVIDER_UNAVAILABLE, PAYMENT_IN_PROGRESS],
  jobs: [
    jobHandler(PROCESS_WEBHOOK, ({ services }, { eventId }) => processWebhook(services, BigInt(eventId))),
    jobHandler(FINISH_REFUND, ({ services }, refund) =>
      'partId' in refund ? finishPartLater(services, refund.partId) : finishRefundLater(services, refund.refundId),
    ),
    jobHandler(REFUND_UNUSED, ({ services }, { orderId, amount }) => refundUnused(services, { orderId, amount: BigInt(amount) })),
    jobHandler(FINISH_PLAN_CHANGE, ({ services }, { changeId }) => finishPlanChangeLater(services, changeId)),
    jobHandler(CANCEL_AT_PROVIDER, ({ services, log }, subscription) => cancelAtProvider(services, log, subscription)),
    jobHandler(DELIVER_SANDBOX_WEBHOOK, ({ services }, webhook) => deliverSandboxWebhook(services.config, webhook)),
  ],
  cron: {
    everyMinute: {
      activate: ({ services }) => activateWaitingOrders(services),
      change: ({ services }) => applyPendingChanges(services),
      charge: ({ services: { providers } }) => runAll(providers.all.map((provider) => () => provider.tick?.())),
    },
    everyHour: ({ services, log }) => reconcile(services, log),
  },
  routes: async (app, services) => {
    await webhookRoutes(app, services)
    changePageRoutes(app, services)
    for (const provider of services.providers.all) provider.routes?.(app)
  },
})
