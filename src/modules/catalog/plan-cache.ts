import type { Database } from '../../platform/postgres/client.js'
import type { Catalogue, Plans } from '../services.js'
import { isOnSale } from './plan.rules.js'

const CHEAPEST_FIRST = [{ price: { sort: 'asc', nulls: 'last' } }, { rank: 'asc' }, { id: 'asc' }] as const

/** A catalogue is small, and clients show it whole; more than this is a mistake. */
export const MAX_PLANS = 500

/** For fields at the root whose answer is the same for all strangers until a plan changes: `@Extensions(OF_CATALOGUE)`. */
export const OF_CATALOGUE = { ofCatalogue: true }

/**
 * The plans, kept in memory by every process while the database can tell it of changes: those who only read them cost no
 * statement. Whoever sells reads the plan itself, in its transaction.
 */
export class PlanCatalogue implements Plans {
  readonly #db: Database
  #reading: Promise<Catalogue> | undefined
  #known: Catalogue | undefined
  #hears = false
  #version = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** Another number after every change; undefined while nobody would tell of one. */
  get version(): number | undefined {
    return this.#hears ? this.#version : undefined
  }

  read(): Promise<Catalogue> {
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

  get known(): Catalogue | undefined {
    return this.#known
  }

  /** A plan has changed, or may have. A reading under way may have been too early: it is not kept. */
  forget(): void {
    this.#reading = undefined
    this.#known = undefined
    this.#version += 1
  }

  /** Whether the database tells of changes from now on. While it does not, nothing is kept. */
  hearing(hears: boolean): void {
    this.#hears = hears
    this.forget()
  }

  async #readAll(): Promise<Catalogue> {
    const all = await this.#db.plan.findMany({ orderBy: [...CHEAPEST_FIRST], take: MAX_PLANS })
    return { all, onSale: all.filter(isOnSale), byId: new Map(all.map((plan) => [plan.id, plan])) }
  }
}
