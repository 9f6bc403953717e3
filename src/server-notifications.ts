import type pg from 'pg'
import type { Logger } from './core/logger.js'
import type { CachedPlanCatalog } from './modules/catalog/index.js'
import type { DatabaseChangeFeed } from './modules/live/index.js'
import type { Demo } from './modules/services.js'
import { DatabaseListener } from './platform/postgres/listener.js'

interface NotificationTargets {
  connection: pg.ClientConfig
  log: Logger
  live: DatabaseChangeFeed
  catalogue: CachedPlanCatalog
  demo: Demo | null
  /** Events wait to be sent. */
  onDeliveries: () => void
}

/** What the database tells every process, to those in this process whom it concerns. */
export function listenToDatabase({ connection, log, live, catalogue, demo, onDeliveries }: NotificationTargets): DatabaseListener {
  return new DatabaseListener(connection, log, {
    onNotification: (told) => {
      void live.publish(told)
      if (told.deliveries) onDeliveries()
      if (told.plans) catalogue.invalidate()
      if (told.demoReplaced) {
        demo?.replaced()
        live.disconnectAll()
      }
    },
    onConnected: () => {
      catalogue.setConnected(true)
      live.disconnectAll()
    },
    onDisconnected: () => catalogue.setConnected(false),
  })
}
