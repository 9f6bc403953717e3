import type pg from 'pg'
import type { Config } from './config/config.js'
import type { Clock } from './core/clock.js'
import type { Logger } from './core/logger.js'
import { ReplaceableDemo } from './demo/replaceable-demo.js'
import { CachedPlanCatalog } from './modules/catalog/index.js'
import { DatabaseChangeFeed } from './modules/live/index.js'
import { followEventsWithMails } from './modules/mail/index.js'
import { withPayments } from './modules/payments/index.js'
import type { Services } from './modules/services.js'
import { RuntimeSettings } from './modules/settings/index.js'
import { createVatCheck } from './modules/vat-checks/index.js'
import { createMissingGlyphFinder } from './platform/pdf/missing-glyphs.js'
import type { Connections } from './platform/postgres/client.js'
import { replicaAccess } from './platform/postgres/database-access.js'
import { StreamingReplica } from './platform/postgres/read-replica.js'

/** Reverts one step of the start. */
export type CloseStep = () => Promise<void>

interface ServiceOptions {
  config: Config
  /** Connection of the database, for connections outside the pool. */
  connection: pg.PoolConfig
  connections: Connections
  clock: Clock
  tokenClock: Clock
  log: Logger
  /** Receives the steps that stop the services. */
  closing: CloseStep[]
  maxReplicaLagMs?: number | undefined
}

/** Creates the services of a process. */
export async function createServices(options: ServiceOptions): Promise<Services> {
  const { config, connections, clock, tokenClock, log, closing } = options
  const { db, pool, rawQuery } = connections
  const flag = new RuntimeSettings(pool, config.billing.enabled, log, clock)
  closing.push(async () => flag.stop())
  await flag.start()
  const planCache = new CachedPlanCatalog(db, log)
  planCache.start()
  closing.push(async () => planCache.stop())
  followEventsWithMails(db, config)
  return withPayments({
    db,
    rawQuery,
    replica: await openReplica(options),
    clock,
    tokenClock,
    config,
    flag,
    findMissingGlyph: createMissingGlyphFinder(config.invoices.fonts),
    changeFeed: new DatabaseChangeFeed(db, log),
    planCache,
    demo: config.production ? null : new ReplaceableDemo(),
    vatCheck: createVatCheck(config, clock),
  })
}

async function openReplica(options: ServiceOptions): Promise<StreamingReplica | null> {
  const { config, connection, log, closing, maxReplicaLagMs } = options
  const { replicaUrl } = config.database
  if (!replicaUrl) return null
  const access = replicaAccess(config.database, replicaUrl)
  const replica = new StreamingReplica({ replica: access, primary: connection, log, maxLagMs: maxReplicaLagMs })
  closing.push(() => replica.stop())
  await replica.start()
  return replica
}
