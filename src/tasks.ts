import type { TaskList } from 'graphile-worker'
import { continueReapplication, forgetOldConsumptions, settleWhatTimeChanged } from './modules/entitlements/index.js'
import type { Documents } from './modules/invoicing/index.js'
import {
  applyPendingChanges,
  deliverSandboxWebhook,
  finishRefund,
  processWebhook,
  reconcile,
  SandboxProvider,
} from './modules/payments/index.js'
import type { Services } from './modules/services.js'
import { beginPeriods, endWhatIsOver, expirePendingOrders } from './modules/subscriptions/index.js'
import { forgetOldEvents } from './modules/webhooks/index.js'
import type { Tasks } from './platform/jobs/queue.js'
import { forgetFullBuckets } from './platform/rate-limit/postgres-store.js'

type Work = { [T in keyof Tasks]: (payload: Tasks[T]) => Promise<unknown> }

interface Parts {
  services: Services
  documents: Documents
  log: { warn(details: object, message: string): void }
}

/** When work comes by itself, in the notation of cron: what falls due every minute, what was missed and what nobody needs any more every hour. */
export const CRONTAB = `
* * * * * tick ?jobKey=tick&max=1
17 * * * * reconcile ?jobKey=reconcile&max=3
43 * * * * sweep ?jobKey=sweep&max=3
`

/** Background work by its name. Every task may run twice, and the second run changes nothing. */
export function createTasks({ services, documents, log }: Parts): TaskList {
  const { config, payments } = services
  const work: Work = {
    drawDocument: ({ invoiceId }) => documents.of(invoiceId),
    processWebhook: ({ eventId }) => processWebhook(services, BigInt(eventId)),
    cancelAtProvider: async ({ provider, subscriptionId }) => {
      if (provider !== payments?.name || !(await payments.readSubscription(subscriptionId))) return
      await payments.cancel(subscriptionId)
    },
    finishRefund: ({ refundId }) => finishRefund(services, refundId),
    deliverSandboxWebhook: (webhook) => deliverSandboxWebhook(config, webhook),
    reapplyPlan: ({ reapplicationId }) => continueReapplication(services, reapplicationId),
    sweep: () => sweep(services),
    tick: () => passTime(services),
    reconcile: () => reconcile(services, log),
  }
  const tasks = Object.entries(work).map(([name, run]) => [name, async (payload: unknown) => void (await run(payload as never))])
  return Object.fromEntries(tasks)
}

/** What falls due with time, in the order in which it matters: a change that was asked for comes before the renewal. */
async function passTime(services: Services): Promise<void> {
  if (!services.flag.enabled) return
  const { payments } = services
  await attemptAll([
    () => expirePendingOrders(services),
    () => applyPendingChanges(services),
    () => (payments instanceof SandboxProvider ? payments.tick() : undefined),
    () => endWhatIsOver(services),
    () => settleWhatTimeChanged(services),
    () => beginPeriods(services),
  ])
}

/** Removes what nobody needs any more. */
function sweep(services: Services): Promise<void> {
  return attemptAll([() => forgetOldConsumptions(services), () => forgetOldEvents(services), () => forgetFullBuckets(services, new Date())])
}

/** One after the other; one that fails keeps none of the others back. @throws AggregateError of those that failed */
async function attemptAll(steps: (() => unknown)[]): Promise<void> {
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
