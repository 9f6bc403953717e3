import type { TaskList } from 'graphile-worker'
import type { Logger } from './core/logger.js'
import { purgeExpiredUsage, refreshExpiredEntitlements, runReapplication } from './modules/entitlements/index.js'
import type { DocumentService } from './modules/invoicing/index.js'
import { applyPendingChanges, deliverSandboxWebhook, finishRefund, processWebhook, reconcile } from './modules/payments/index.js'
import type { Services } from './modules/services.js'
import { advancePeriods, endOverdueSubscriptions, expirePendingOrders } from './modules/subscriptions/index.js'
import { purgeDeliveredEvents } from './modules/webhooks/index.js'
import type { Tasks } from './platform/jobs/queue.js'
import { purgeIdleBuckets } from './platform/rate-limit/postgres-store.js'

type TaskHandlers = { [T in keyof Tasks]: (payload: Tasks[T]) => Promise<unknown> }

interface TaskDependencies {
  services: Services
  documents: DocumentService
  log: Logger
}

/** Scheduled jobs in cron notation: due transitions every minute, reconciliation and purges every hour. */
export const CRONTAB = `
* * * * * tick ?jobKey=tick&max=1
17 * * * * reconcile ?jobKey=reconcile&max=3
43 * * * * sweep ?jobKey=sweep&max=3
`

/** Maps job names to handlers. Every job is idempotent: a second run changes nothing. */
export function createTasks({ services, documents, log }: TaskDependencies): TaskList {
  const { config, providers } = services
  const handlers: TaskHandlers = {
    drawDocument: ({ invoiceId }) => documents.getPdf(invoiceId),
    processWebhook: ({ eventId }) => processWebhook(services, BigInt(eventId)),
    cancelAtProvider: async ({ provider: name, subscriptionId }) => {
      const provider = providers.find(name)
      if (await provider?.readSubscription(subscriptionId)) await provider?.cancel(subscriptionId)
    },
    finishRefund: ({ refundId }) => finishRefund(services, refundId),
    deliverSandboxWebhook: (webhook) => deliverSandboxWebhook(config, webhook),
    reapplyPlan: ({ reapplicationId }) => runReapplication(services, reapplicationId),
    sweep: () => purgeExpiredRows(services),
    tick: () => runScheduledTransitions(services),
    reconcile: () => reconcile(services, log),
  }
  const tasks = Object.entries(handlers).map(([name, run]) => [name, async (payload: unknown) => void (await run(payload as never))])
  return Object.fromEntries(tasks)
}

/** Applies the transitions that are due. The order matters: a requested plan change precedes the renewal. */
async function runScheduledTransitions(services: Services): Promise<void> {
  if (!services.flag.enabled) return
  await runAll([
    () => expirePendingOrders(services),
    () => applyPendingChanges(services),
    ...services.providers.all.map((provider) => () => provider.tick?.()),
    () => endOverdueSubscriptions(services),
    () => refreshExpiredEntitlements(services),
    () => advancePeriods(services),
  ])
}

function purgeExpiredRows(services: Services): Promise<void> {
  return runAll([() => purgeExpiredUsage(services), () => purgeDeliveredEvents(services), () => purgeIdleBuckets(services, new Date())])
}

/** Runs all steps in order, even if some fail. @throws AggregateError of the failures */
async function runAll(steps: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join('; '))
}
