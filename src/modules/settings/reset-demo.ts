import { setTimeout as wait } from 'node:timers/promises'
import { MovableClock } from '../../core/clock.js'
import { busyError, DomainError, FORBIDDEN } from '../../core/errors.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { isLockTimeout } from '../../platform/postgres/database-errors.js'
import { notify, runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Demo, DemoServices, Services } from '../services.js'

/** Key of the setting that marks a database whose data was loaded by the demo. */
export const DEMO_DATA_KEY = 'demoData'

/** Bit of pg_trigger.tgtype that is set if the trigger fires on TRUNCATE. */
const TRUNCATE_TRIGGER_BIT = 32

const MAX_RESET_ATTEMPTS = 60
const RESET_RETRY_DELAY_MS = 250

/**
 * Removes all data of the demo, sets the clock back to the real time and loads the demo data again.
 * Under production rules `services.demo` is null, so the code that deletes invoices cannot run.
 * @returns the real time
 * @throws FORBIDDEN outside demo mode or for data that the demo has not loaded, BUSY while long transactions are running
 */
export async function resetDemo(services: DemoServices & Pick<Services, 'demo' | 'flag'>, principal: UserPrincipal): Promise<Date> {
  const { demo, config, db, clock, flag } = services
  if (config.production || !config.demoData || !demo) {
    throw new DomainError(FORBIDDEN, 'Only a server in demo mode with demo data can be reset')
  }
  if (!(await db.setting.findUnique({ where: { key: DEMO_DATA_KEY } }))) {
    throw new DomainError(
      FORBIDDEN,
      'This database was not filled by the demo, so a reset could delete real data; to start a demo, use an empty database or DATA_DIR',
    )
  }
  await demo.replace(async () => {
    await removeWhenIdle(db)
    if (clock instanceof MovableClock) clock.moveBy(0)
    notifyOfReplacement(db, demo)
    await demo.load(services)
    await flag.refresh()
    notifyOfReplacement(db, demo)
    await runTransaction(db, (tx) =>
      recordAuditEntry(tx, { actor: principal, action: 'resetDemo', subject: 'demo', details: {}, at: clock.now() }),
    )
  })
  return clock.now()
}

/**
 * Called before and after the demo data are loaded, because a process may read old or partial data in
 * between.
 */
function notifyOfReplacement(db: Database, demo: Demo): void {
  demo.replaced()
  notify(db, { demoReplaced: true })
}

/** Waits for running transactions. lock_timeout is below deadlock_timeout, so the reset gives up first. */
async function removeWhenIdle(db: Database): Promise<void> {
  for (let attempt = 1; attempt <= MAX_RESET_ATTEMPTS; attempt += 1) {
    try {
      return await runTransaction(db, truncateAllTables)
    } catch (error) {
      if (!isLockTimeout(error)) throw error
      await wait(RESET_RETRY_DELAY_MS)
    }
  }
  throw busyError('The demo is in use; retry shortly')
}

/** The sessions of pages stay, so that the administrator of the reset remains signed in. */
async function truncateAllTables(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SET LOCAL lock_timeout = '200ms'`
  const tables = await tx.$queryRaw<{ name: string; isProtected: boolean }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name, EXISTS (
      SELECT FROM pg_trigger WHERE tgrelid = format('%I.%I', schemaname, tablename)::regclass
        AND NOT tgisinternal AND tgtype & ${TRUNCATE_TRIGGER_BIT} <> 0) AS "isProtected"
    FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT IN ('_prisma_migrations', 'page_sessions') ORDER BY tablename`
  const names = tables.map(({ name }) => name)
  const protectedNames = tables.filter(({ isProtected }) => isProtected).map(({ name }) => name)
  // Only the owner of the tables may disable their triggers.
  for (const name of protectedNames) await tx.$executeRawUnsafe(`ALTER TABLE ${name} DISABLE TRIGGER USER`)
  await tx.$executeRawUnsafe(`TRUNCATE ${names.join(', ')} RESTART IDENTITY`)
  for (const name of protectedNames) await tx.$executeRawUnsafe(`ALTER TABLE ${name} ENABLE TRIGGER USER`)
  await tx.$executeRaw`SELECT complete_jobs(array_agg(id)) FROM _private_jobs WHERE locked_at IS NULL`
}
