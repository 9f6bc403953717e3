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
  /** Called when webhook deliveries are waiting. */
  onDeliveries: () => void
}

/** Routes database notifications to the components of this process. */
export function listenToDatabase({ connection, log, live, catalogue, demo, onDeliveries }: NotificationTargets): DatabaseListener {
  return new DatabaseListener(connection, log, {
    onNotification: (notification) => {
      void live.publish(notification)
      if (notification.deliveries) onDeliveries()
      if (notification.plans) catalogue.invalidate()
      if (notification.demoReplaced) {
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
