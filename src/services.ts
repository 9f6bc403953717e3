import type { Config } from './config/config.js'
import type { Clock } from './core/clock.js'
import type { Logger } from './core/logger.js'
import { ReplaceableDemo } from './demo/replaceable-demo.js'
import { CachedPlanCatalog } from './modules/catalog/index.js'
import { DatabaseChangeFeed } from './modules/live/index.js'
import { withPayments } from './modules/payments/index.js'
import type { Services } from './modules/services.js'
import { RuntimeSettings } from './modules/settings/index.js'
import { createMissingGlyphFinder } from './platform/pdf/missing-glyphs.js'
import type { Connections } from './platform/postgres/client.js'
import { replicaAccess } from './platform/postgres/database-access.js'
import { StreamingReplica } from './platform/postgres/read-replica.js'

/** Reverts one step of the start. */
export type CloseStep = () => Promise<void>

interface ServiceOptions {
  config: Config
  connections: Connections
  clock: Clock
  log: Logger
  /** Receives the steps that stop the services. */
  closing: CloseStep[]
}

/** Creates the services of a process. */
export async function createServices({
  config,
  connections: { db, pool, rawQuery },
  clock,
  log,
  closing,
}: ServiceOptions): Promise<Services> {
  const flag = new RuntimeSettings(pool, config.billing.enabled, log, clock)
  closing.push(async () => flag.stop())
  await flag.start()
  const planCache = new CachedPlanCatalog(db, log)
  planCache.start()
  closing.push(async () => planCache.stop())
  return withPayments({
    db,
    rawQuery,
    replica: await openReplica(config, log, closing),
    clock,
    config,
    flag,
    findMissingGlyph: createMissingGlyphFinder(config.invoices.fonts),
    changeFeed: new DatabaseChangeFeed(db, log),
    planCache,
    demo: config.production ? null : new ReplaceableDemo(),
  })
}

async function openReplica({ database }: Config, log: Logger, closing: CloseStep[]): Promise<StreamingReplica | null> {
  if (!database.replicaUrl) return null
  const replica = new StreamingReplica(replicaAccess(database, database.replicaUrl), log)
  closing.push(() => replica.stop())
  await replica.start()
  return replica
}
