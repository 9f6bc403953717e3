import pLimit from 'p-limit'
import type pg from 'pg'
import { z } from 'zod'
import { type Clock, MovableClock } from '../../core/clock.js'
import { StartError } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import { retryNow } from '../../platform/jobs/queue.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import { PROCESS_WEBHOOK } from '../payments/index.js'
import type { BillingFlag, Services } from '../services.js'

const BILLING_ENABLED_KEY = 'billing.enabled'
/** Key of the offset by which the clock has been moved, in milliseconds. */
export const CLOCK_KEY = 'clock.offset'
const storedSettings = z.object({ [BILLING_ENABLED_KEY]: z.boolean().optional(), [CLOCK_KEY]: z.number().default(0) })
/** With this interval a change is effective on every process within two seconds. */
const SETTINGS_POLL_INTERVAL_MS = 1000

/**
 * Settings in the database that operators change at runtime: the billing feature flag (`defaultEnabled`
 * applies until it is changed for the first time), and outside production the offset of the clock.
 */
export class RuntimeSettings implements BillingFlag {
  readonly #pool: pg.Pool
  readonly #defaultEnabled: boolean
  readonly #log: Logger
  readonly #clock: Clock
  /** The settings are read one time after the other, so that an earlier state never replaces a later one. */
  readonly #limit = pLimit(1)
  #enabled: boolean
  #timer: NodeJS.Timeout | undefined

  constructor(pool: pg.Pool, defaultEnabled: boolean, log: Logger, clock: Clock) {
    this.#clock = clock
    this.#pool = pool
    this.#defaultEnabled = defaultEnabled
    this.#enabled = defaultEnabled
    this.#log = log
  }

  get enabled(): boolean {
    return this.#enabled
  }

  async start(): Promise<void> {
    await this.refresh()
    this.#timer = setInterval(() => void this.#poll(), SETTINGS_POLL_INTERVAL_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  refresh(): Promise<void> {
    return this.#limit(() => this.#read())
  }

  async #read(): Promise<void> {
    const { rows } = await this.#pool.query<{ key: string; value: unknown }>('SELECT key, value FROM settings WHERE key = ANY($1)', [
      [BILLING_ENABLED_KEY, CLOCK_KEY],
    ])
    const { data: settings, error } = storedSettings.safeParse(Object.fromEntries(rows.map(({ key, value }) => [key, value])))
    if (!settings)
      throw new StartError(`settings: ${error.issues[0]?.path.join('.')} has an invalid value; delete its row to restore the default`)
    this.#enabled = settings[BILLING_ENABLED_KEY] ?? this.#defaultEnabled
    if (this.#clock instanceof MovableClock) this.#clock.moveBy(settings[CLOCK_KEY])
  }

  async #poll(): Promise<void> {
    await this.refresh().catch((error: Error) => this.#log.warn({ reason: error.message }, 'failed to read the runtime settings'))
  }
}

/** @returns the new value, which has been committed */
export async function setBillingEnabled(
  { db, clock, flag }: Pick<Services, 'clock' | 'db' | 'flag'>,
  principal: UserPrincipal,
  enabled: boolean,
): Promise<boolean> {
  const at = clock.now()
  await runTransaction(db, async (tx) => {
    const data = { value: enabled, updatedAt: at }
    await tx.setting.upsert({ where: { key: BILLING_ENABLED_KEY }, create: { key: BILLING_ENABLED_KEY, ...data }, update: data })
    if (enabled) await retryNow(tx, PROCESS_WEBHOOK)
    await recordAuditEntry(tx, { actor: principal, action: 'setBillingEnabled', subject: BILLING_ENABLED_KEY, details: { enabled }, at })
  })
  await flag.refresh()
  return flag.enabled
}
