import type { TaskList } from 'graphile-worker'
import { runAll } from './core/run-all.js'
import { MINUTE_PHASES, type ModuleCron, type ModuleRuntime, type ScheduledStep } from './modules/define-module.js'
import { MODULES } from './modules/modules.js'
import { PURGE, RECONCILE, TICK } from './modules/scheduled-jobs.js'
import { purgeUnusedQueues } from './platform/jobs/purge-queues.js'
import type { DatabaseAccess } from './platform/postgres/database-access.js'
import { installationName } from './platform/postgres/database-schema.js'
import { DatabaseListener } from './platform/postgres/listener.js'
import { purgeIdleBuckets } from './platform/rate-limit/postgres-store.js'

/** The scheduled jobs in cron notation. */
export const CRONTAB = `
* * * * * ${TICK.name} ?jobKey=${TICK.name}&max=1
17 * * * * ${RECONCILE.name} ?jobKey=${RECONCILE.name}&max=3
43 * * * * ${PURGE.name} ?jobKey=${PURGE.name}&max=3
`

/** Collects the jobs of all modules. */
export function createTasks(runtime: ModuleRuntime): TaskList {
  const jobs = MODULES.flatMap((module) => module.jobs ?? []).map(({ name, run }) => [name, (payload: unknown) => run(runtime, payload)])
  const stepsOf = (select: (cron: ModuleCron) => ScheduledStep | undefined) =>
    MODULES.flatMap(({ cron }) => (cron && select(cron)) ?? []).map((step) => () => step(runtime))
  return {
    ...Object.fromEntries(jobs),
    [TICK.name]: async () => {
      if (runtime.services.flag.enabled) await runAll(MINUTE_PHASES.flatMap((phase) => stepsOf(({ everyMinute }) => everyMinute?.[phase])))
    },
    [RECONCILE.name]: () => runAll(stepsOf(({ everyHour }) => everyHour)),
    [PURGE.name]: () =>
      runAll([
        ...stepsOf(({ purge }) => purge),
        () => purgeIdleBuckets(runtime.services, new Date()),
        () => purgeUnusedQueues(runtime.services.db),
      ]),
  }
}

/** Passes the notifications of the database to the modules. */
export function listenToDatabase(runtime: ModuleRuntime, { direct, schema }: DatabaseAccess): DatabaseListener {
  const handlers = MODULES.flatMap(({ notifications }) => notifications ?? [])
  const messageHandlers = handlers.flatMap(({ onMessage = {} }) => Object.entries(onMessage))
  return new DatabaseListener(direct, installationName(schema), runtime.log, {
    onNotification: (message) => {
      for (const [key, handle] of messageHandlers) {
        if (key in message) handle(runtime, message)
      }
    },
    onConnected: () => handlers.forEach(({ onConnected }) => void onConnected?.(runtime)),
    onDisconnected: () => handlers.forEach(({ onDisconnected }) => void onDisconnected?.(runtime)),
  })
}
