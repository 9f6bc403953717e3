import type { Database } from '../../platform/postgres/client.js'
import type { PlanCache, PlanCatalog } from '../services.js'
import { isAvailable } from './plan.rules.js'

const CHEAPEST_FIRST = [{ price: { sort: 'asc', nulls: 'last' } }, { rank: 'asc' }, { id: 'asc' }] as const

/** A catalogue is small, and clients show it whole; more than this is a mistake. */
export const MAX_PLANS = 500

/** For fields at the root whose answer is the same for all strangers until a plan changes: `@Extensions(OF_CATALOGUE)`. */
export const CACHEABLE = { ofCatalogue: true }

/**
 * The plans, kept in memory by every process while the database can tell it of changes: those who only read them cost no
 * statement. Whoever sells reads the plan itself, in its transaction.
 */
export class CachedPlanCatalog implements PlanCache {
  readonly #db: Database
  #reading: Promise<PlanCatalog> | undefined
  #known: PlanCatalog | undefined
  #hears = false
  #version = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** Another number after every change; undefined while nobody would tell of one. */
  get version(): number | undefined {
    return this.#hears ? this.#version : undefined
  }

  read(): Promise<PlanCatalog> {
    if (this.#reading) return this.#reading
    const reading = this.#readAll()
    if (this.#hears) this.#reading = reading
    reading.then(
      (catalogue) => {
        if (this.#reading === reading) this.#known = catalogue
      },
      () => {
        // What could not be read is read again by the next one.
        if (this.#reading === reading) this.#reading = undefined
      },
    )
    return reading
  }

  get current(): PlanCatalog | undefined {
    return this.#known
  }

  /** A plan has changed, or may have. A reading under way may have been too early: it is not kept. */
  invalidate(): void {
    this.#reading = undefined
    this.#known = undefined
    this.#version += 1
  }

  /** Whether the database tells of changes from now on. While it does not, nothing is kept. */
  setConnected(hears: boolean): void {
    this.#hears = hears
    this.invalidate()
  }

  async #readAll(): Promise<PlanCatalog> {
    const all = await this.#db.plan.findMany({ orderBy: [...CHEAPEST_FIRST], take: MAX_PLANS })
    return { all, available: all.filter(isAvailable), byId: new Map(all.map((plan) => [plan.id, plan])) }
  }
}
