import type { z } from 'zod'
import { DomainError } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { parseDecimal } from '../../core/money.js'
import type { Database } from '../../platform/postgres/client.js'
import { type Existing, findExisting, holderKey } from './existing-rows.queries.js'
import type { Kind, Row } from './read-file.js'
import { type Parsed, ROWS } from './row-schemas.js'

/** A row that cannot be taken, and why. */
export interface Rejected {
  kind: Kind
  place: number
  id: string
  reason: string
}

export interface PlanRow {
  values: Parsed['plans']
  currency: string
  /** Minor units; null is a custom price. */
  price: bigint | null
}

export interface OrderRow {
  values: Parsed['orders']
  currency: string
  /** Minor units. */
  amount: bigint
  items: { description: string; quantity: number; unitPrice: bigint; amount: bigint }[]
}

export interface Checked {
  users: Parsed['users'][]
  organisations: Parsed['organisations'][]
  memberships: Parsed['memberships'][]
  plans: PlanRow[]
  orders: OrderRow[]
  /** Rows of which the database has everything already. */
  unchanged: number
  rejected: Rejected[]
}

export interface Settings {
  /** Of amounts whose row and plan name none. */
  currency: string
  /** Whether amounts are counts of the smallest unit: 1500 is 15.00. */
  minorUnits: boolean
}

/** Looks at every row before anything is written: by itself, beside the others, and beside what the database has. */
export async function checkRows(db: Database, rows: readonly Row[], settings: Settings): Promise<Checked> {
  const check = new Check(settings, await findExisting(db, rows))
  for (const row of rows) check.take(row)
  check.rejectSecondActive()
  return check.result
}

/** Rows come in the order of their kinds, so what one names has been seen. */
class Check {
  readonly result: Checked = { users: [], organisations: [], memberships: [], plans: [], orders: [], unchanged: 0, rejected: [] }
  readonly #settings: Settings
  readonly #existing: Existing
  readonly #seen = new Set<string>()
  readonly #places = new Map<OrderRow, Row>()
  readonly #takers: Record<Kind, (row: Row) => void> = {
    users: (row) => this.#takeUser(this.#parse(row, ROWS.users)),
    organisations: (row) => this.#takeOrganisation(this.#parse(row, ROWS.organisations)),
    memberships: (row) => this.#takeMembership(this.#parse(row, ROWS.memberships)),
    plans: (row) => this.#takePlan(this.#parse(row, ROWS.plans)),
    orders: (row) => this.#takeOrder(row, this.#parse(row, ROWS.orders)),
  }

  constructor(settings: Settings, existing: Existing) {
    this.#settings = settings
    this.#existing = existing
  }

  take(row: Row): void {
    try {
      this.#takers[row.kind](row)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      this.#reject(row, error.message)
    }
  }

  /** Of the active orders of a holder the newest one counts; a database that had two was wrong. */
  rejectSecondActive(): void {
    const newest = new Map<string, OrderRow>()
    const active = this.result.orders.filter(({ values }) => values.status === 'ACTIVE' && values.planId !== undefined)
    for (const order of active) {
      const key = holderKey(order.values)
      const other = newest.get(key)
      if (!other || other.values.date < order.values.date) newest.set(key, order)
    }
    const losers = new Map<OrderRow, string>()
    for (const order of active) {
      const key = holderKey(order.values)
      const stored = this.#existing.activeOrders.get(key)
      const winner = newest.get(key)
      if (stored !== undefined) losers.set(order, `${key} has an active order already: ${stored}`)
      else if (winner && winner !== order) losers.set(order, `${key} has a newer active order: ${winner.values.id}`)
    }
    for (const [order, reason] of losers) this.#reject(this.#places.get(order) as Row, reason)
    this.result.orders = this.result.orders.filter((order) => !losers.has(order))
  }

  #parse<T extends z.ZodType<{ id?: number; userId?: number; organisationId?: number | undefined }>>(row: Row, schema: T): z.output<T> {
    const values = parseInput(schema, row.kind, row.values)
    const key = row.kind === 'memberships' ? `${values.organisationId}/${values.userId}` : String(values.id)
    if (this.#seen.has(`${row.kind} ${key}`)) throw refused(`${key} comes twice in the file`)
    this.#seen.add(`${row.kind} ${key}`)
    return values
  }

  #takeUser(user: Parsed['users']): void {
    this.#existing.users.add(user.id)
    this.result.users.push(user)
  }

  #takeOrganisation(organisation: Parsed['organisations']): void {
    this.#existing.organisations.add(organisation.id)
    this.result.organisations.push(organisation)
  }

  #takeMembership(membership: Parsed['memberships']): void {
    this.#requireHolder(membership.userId, membership.organisationId)
    this.result.memberships.push(membership)
  }

  #takePlan(values: Parsed['plans']): void {
    const currency = values.currency ?? this.#settings.currency
    const price = values.price === undefined ? null : this.#amount(values.price, currency)
    const stored = this.#existing.plans.get(values.id)
    if (stored && (stored.name !== values.name || stored.price !== price)) {
      throw refused(`there is a plan ${values.id} already, "${stored.name}", and it is another one`)
    }
    if (stored) this.result.unchanged += 1
    else this.result.plans.push({ values, currency, price })
    this.#existing.plans.set(values.id, { name: values.name, price, currency })
  }

  #takeOrder(row: Row, values: Parsed['orders']): void {
    this.#requireHolder(values.userId, values.organisationId)
    const plan = values.planId === undefined ? undefined : this.#existing.plans.get(values.planId)
    if (values.planId !== undefined && !plan) throw refused(`planId: there is no plan ${values.planId}`)
    const currency = values.currency ?? plan?.currency ?? this.#settings.currency
    const amount = this.#amount(values.amount, currency)
    const items = this.#items(values, plan?.name, currency, amount)
    const stored = this.#existing.orders.get(values.id)
    if (stored && (stored.userId !== values.userId || stored.amount !== amount || stored.placedAt.getTime() !== values.date.getTime())) {
      throw refused(`there is an order ${values.id} already, and it is another one`)
    }
    if (stored) {
      this.result.unchanged += 1
      return
    }
    const order = { values, currency, amount, items }
    this.#places.set(order, row)
    this.result.orders.push(order)
  }

  #items({ items, description }: Parsed['orders'], plan: string | undefined, currency: string, amount: bigint): OrderRow['items'] {
    if (!items) return [{ description: description ?? plan ?? 'Order', quantity: 1, unitPrice: amount, amount }]
    const lines = items.map(({ description, quantity = 1, price }) => {
      const unitPrice = this.#amount(price, currency)
      return { description, quantity, unitPrice, amount: unitPrice * BigInt(quantity) }
    })
    const sum = lines.reduce((total, line) => total + line.amount, 0n)
    if (sum !== amount) throw refused(`items: they add up to ${sum} and not to the amount, ${amount} (minor units of ${currency})`)
    return lines
  }

  #requireHolder(userId: number, organisationId: number | undefined): void {
    if (!this.#existing.users.has(userId)) throw refused(`userId: there is no user ${userId}`)
    if (organisationId !== undefined && !this.#existing.organisations.has(organisationId)) {
      throw refused(`organisationId: there is no organisation ${organisationId}`)
    }
  }

  #amount(text: string, currency: string): bigint {
    if (!this.#settings.minorUnits) return parseDecimal(text, currency)
    if (!/^\d+$/.test(text)) throw refused(`${text} is no whole number of the smallest unit`)
    return BigInt(text)
  }

  #reject({ kind, place, values }: Row, reason: string): void {
    this.result.rejected.push({ kind, place, id: String(values.id ?? values.userId ?? ''), reason })
  }
}

function refused(reason: string): DomainError {
  return new DomainError('BAD_USER_INPUT', reason)
}
