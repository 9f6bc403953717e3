import type { z } from 'zod'
import { DomainError } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { parseDecimal } from '../../core/money.js'
import type { Database } from '../../platform/postgres/client.js'
import { customerKeyOf, type ExistingRows, listExistingRows } from './existing-rows.queries.js'
import type { ImportRow, RowKind } from './read-file.js'
import { type Parsed, ROWS } from './row-schemas.js'

/** A row that cannot be taken, and why. */
export interface RejectedRow {
  kind: RowKind
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

export interface ValidatedRows {
  users: Parsed['users'][]
  organisations: Parsed['organisations'][]
  memberships: Parsed['memberships'][]
  plans: PlanRow[]
  orders: OrderRow[]
  /** Rows of which the database has everything already. */
  unchanged: number
  rejected: RejectedRow[]
}

export interface ImportSettings {
  /** Of amounts whose row and plan name none. */
  currency: string
  /** Whether amounts are counts of the smallest unit: 1500 is 15.00. */
  minorUnits: boolean
}

/** Looks at every row before anything is written: by itself, beside the others, and beside what the database has. */
export async function validateRows(db: Database, rows: readonly ImportRow[], settings: ImportSettings): Promise<ValidatedRows> {
  const check = new RowValidator(settings, await listExistingRows(db, rows))
  for (const row of rows) check.take(row)
  check.rejectSecondActive()
  return check.result
}

/** Rows come in the order of their kinds, so what one names has been seen. */
class RowValidator {
  readonly result: ValidatedRows = { users: [], organisations: [], memberships: [], plans: [], orders: [], unchanged: 0, rejected: [] }
  readonly #settings: ImportSettings
  readonly #existing: ExistingRows
  readonly #seen = new Set<string>()
  readonly #places = new Map<OrderRow, ImportRow>()
  readonly #takers: Record<RowKind, (row: ImportRow) => void> = {
    users: (row) => this.#takeUser(this.#parse(row, ROWS.users)),
    organisations: (row) => this.#takeOrganisation(this.#parse(row, ROWS.organisations)),
    memberships: (row) => this.#takeMembership(this.#parse(row, ROWS.memberships)),
    plans: (row) => this.#takePlan(this.#parse(row, ROWS.plans)),
    orders: (row) => this.#takeOrder(row, this.#parse(row, ROWS.orders)),
  }

  constructor(settings: ImportSettings, existing: ExistingRows) {
    this.#settings = settings
    this.#existing = existing
  }

  take(row: ImportRow): void {
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
      const key = customerKeyOf(order.values)
      const other = newest.get(key)
      if (!other || other.values.date < order.values.date) newest.set(key, order)
    }
    const losers = new Map<OrderRow, string>()
    for (const order of active) {
      const key = customerKeyOf(order.values)
      const stored = this.#existing.activeOrders.get(key)
      const winner = newest.get(key)
      if (stored !== undefined) losers.set(order, `${key} has an active order already: ${stored}`)
      else if (winner && winner !== order) losers.set(order, `${key} has a newer active order: ${winner.values.id}`)
    }
    for (const [order, reason] of losers) this.#reject(this.#places.get(order) as ImportRow, reason)
    this.result.orders = this.result.orders.filter((order) => !losers.has(order))
  }

  #parse<T extends z.ZodType<{ id?: number; userId?: number; organisationId?: number | undefined }>>(
    row: ImportRow,
    schema: T,
  ): z.output<T> {
    const values = parseInput(schema, row.kind, row.values)
    const key = row.kind === 'memberships' ? `${values.organisationId}/${values.userId}` : String(values.id)
    if (this.#seen.has(`${row.kind} ${key}`)) throw rejectionReason(`${key} comes twice in the file`)
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
      throw rejectionReason(`there is a plan ${values.id} already, "${stored.name}", and it is another one`)
    }
    if (stored) this.result.unchanged += 1
    else this.result.plans.push({ values, currency, price })
    this.#existing.plans.set(values.id, { name: values.name, price, currency })
  }

  #takeOrder(row: ImportRow, values: Parsed['orders']): void {
    this.#requireHolder(values.userId, values.organisationId)
    const plan = values.planId === undefined ? undefined : this.#existing.plans.get(values.planId)
    if (values.planId !== undefined && !plan) throw rejectionReason(`planId: there is no plan ${values.planId}`)
    const currency = values.currency ?? plan?.currency ?? this.#settings.currency
    const amount = this.#amount(values.amount, currency)
    const items = this.#items(values, plan?.name, currency, amount)
    const stored = this.#existing.orders.get(values.id)
    if (stored && (stored.userId !== values.userId || stored.amount !== amount || stored.placedAt.getTime() !== values.date.getTime())) {
      throw rejectionReason(`there is an order ${values.id} already, and it is another one`)
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
    if (sum !== amount) throw rejectionReason(`items: they add up to ${sum} and not to the amount, ${amount} (minor units of ${currency})`)
    return lines
  }

  #requireHolder(userId: number, organisationId: number | undefined): void {
    if (!this.#existing.users.has(userId)) throw rejectionReason(`userId: there is no user ${userId}`)
    if (organisationId !== undefined && !this.#existing.organisations.has(organisationId)) {
      throw rejectionReason(`organisationId: there is no organisation ${organisationId}`)
    }
  }

  #amount(text: string, currency: string): bigint {
    if (!this.#settings.minorUnits) return parseDecimal(text, currency)
    if (!/^\d+$/.test(text)) throw rejectionReason(`${text} is no whole number of the smallest unit`)
    return BigInt(text)
  }

  #reject({ kind, place, values }: ImportRow, reason: string): void {
    this.result.rejected.push({ kind, place, id: String(values.id ?? values.userId ?? ''), reason })
  }
}

function rejectionReason(reason: string): DomainError {
  return new DomainError('BAD_USER_INPUT', reason)
}
