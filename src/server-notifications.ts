import type pg from 'pg'
import type { PlanCatalogue } from './modules/catalog/index.js'
import type { LiveUpdates } from './modules/live/index.js'
import type { Demo } from './modules/services.js'
import { Notifications } from './platform/postgres/listener.js'

interface Ears {
  connection: pg.ClientConfig
  log: { warn(details: object, message: string): void }
  live: LiveUpdates
  catalogue: PlanCatalogue
  demo: Demo | null
  /** Events wait to be sent. */
  onDeliveries: () => void
}

/** What the database tells every process, to those in this process whom it concerns. */
export function hearDatabase({ connection, log, live, catalogue, demo, onDeliveries }: Ears): Notifications {
  return new Notifications(connection, log, {
    onMessage: (told) => {
      void live.hear(told)
      if (told.deliveries) onDeliveries()
      if (told.plans) catalogue.forget()
      if (told.demoReplaced) {
        demo?.replaced()
        live.end()
      }
    },
    onHearing: () => {
      catalogue.hearing(true)
      live.end()
    },
    onDeaf: () => catalogue.hearing(false),
  })
}
