import type { Logger } from '../../core/logger.js'
import type { Database } from '../../platform/postgres/client.js'
import type { PlanCache, PlanCatalog } from '../services.js'
import { isAvailable } from './plan.rules.js'

const CHEAPEST_FIRST = [{ price: { sort: 'asc', nulls: 'last' } }, { rank: 'asc' }, { id: 'asc' }] as const

/** Covers changes without a notification: in psql, or by a process that was killed right after its commit. */
const POLL_INTERVAL_MS = 5000

/** Clients show the whole catalog without pages, so its size is limited. */
export const MAX_PLANS = 500

/**
 * For @Extensions: marks a root field whose result is the same for all anonymous requests until a plan
 * changes.
 */
export const CACHEABLE = { cacheable: true }

/**
 * Caches all plans in the memory of a process while it can receive notifications about changes, so that
 * showing plans needs no query. Code that sells a plan reads it in its own transaction instead.
 */
export class CachedPlanCatalog implements PlanCache {
  readonly #db: Database
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #pending: Promise<PlanCatalog> | undefined
  #cached: PlanCatalog | undefined
  #isConnected = false
  #version = 0

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => void this.poll(), POLL_INTERVAL_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  get version(): number | undefined {
    return this.#isConnected ? this.#version : undefined
  }

  read(): Promise<PlanCatalog> {
    if (this.#pending) return this.#pending
    const reading = this.#readAll()
    if (this.#isConnected) this.#pending = reading
    reading.then(
      (catalog) => {
        if (this.#pending === reading) this.#cached = catalog
      },
      () => {
        // Let the next read try again.
        if (this.#pending === reading) this.#pending = undefined
      },
    )
    return reading
  }

  get current(): PlanCatalog | undefined {
    return this.#cached
  }

  /**
   * Drops the cached catalog, and does not cache the result of a pending read, which may be older than the
   * change.
   */
  invalidate(): void {
    this.#pending = undefined
    this.#cached = undefined
    this.#version += 1
  }

  /** Sets whether this process receives notifications. Nothing is cached while it does not. */
  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected
    this.invalidate()
  }

  /** Drops the cached catalog if a row has changed since it was read. */
  async poll(): Promise<void> {
    const cached = this.#cached
    if (!cached) return
    try {
      const fingerprint = await this.#readFingerprint()
      if (cached === this.#cached && fingerprint !== cached.fingerprint) this.invalidate()
    } catch (error) {
      this.#log.warn({ reason: (error as Error).message }, 'failed to check the catalog for changes')
    }
  }

  async #readAll(): Promise<PlanCatalog> {
    // Before the plans, so that the next poll notices a change in between.
    const fingerprint = await this.#readFingerprint()
    const all = await this.#db.plan.findMany({ orderBy: [...CHEAPEST_FIRST], take: MAX_PLANS })
    return { all, available: all.filter(isAvailable), byId: new Map(all.map((plan) => [plan.id, plan])), fingerprint }
  }

  async #readFingerprint(): Promise<string | null> {
    const [row] = await this.#db.$queryRaw<[{ fingerprint: string | null }]>`
      WITH versions AS (SELECT id, xmin::text AS version FROM plans)
      SELECT md5(string_agg(id || ':' || version, ',' ORDER BY id)) AS fingerprint FROM versions`
    return row.fingerprint
  }
}
