import type { z } from 'zod'
import { BAD_USER_INPUT, DomainError } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { parseDecimal } from '../../core/money.js'
import type { Database } from '../../platform/postgres/client.js'
import { type OrderLine, singleLine } from '../orders/index.js'
import { customerLabel, type ExistingRows, listExistingRows } from './existing-rows.queries.js'
import type { ImportRow, RowKind } from './read-file.js'
import { type ParsedRows, ROW_SCHEMAS } from './row-schemas.js'

/** A row that cannot be imported, and the reason. */
export interface RejectedRow {
  kind: RowKind
  /** Number of the row in its list, starting at 1. */
  rowNumber: number
  id: string
  reason: string
}

export interface PlanRow {
  values: ParsedRows['plans']
  currency: string
  /** In minor units; null means a custom price. */
  price: bigint | null
}

export interface OrderRow {
  values: ParsedRows['orders']
  currency: string
  /** In minor units. */
  amount: bigint
  items: OrderLine[]
}

export interface ValidatedRows {
  users: ParsedRows['users'][]
  organisations: ParsedRows['organisations'][]
  memberships: ParsedRows['memberships'][]
  plans: PlanRow[]
  orders: OrderRow[]
  /** Number of rows that the database already contains. */
  unchanged: number
  rejected: RejectedRow[]
}

export interface ImportSettings {
  /** Used if neither the row nor its plan has a currency. */
  currency: string
  /** Whether amounts are in minor units: 1500 means 15.00. */
  minorUnits: boolean
}

/**
 * Validates every row before anything is written: on its own, against the other rows, and against the
 * database.
 */
export async function validateRows(db: Database, rows: readonly ImportRow[], settings: ImportSettings): Promise<ValidatedRows> {
  const validator = new RowValidator(settings, await listExistingRows(db, rows))
  for (const row of rows) validator.validate(row)
  validator.rejectSecondActiveOrders()
  return validator.result
}

/** Expects rows in the order of KINDS, so that rows come after the rows that they refer to. */
class RowValidator {
  readonly result: ValidatedRows = { users: [], organisations: [], memberships: [], plans: [], orders: [], unchanged: 0, rejected: [] }
  readonly #settings: ImportSettings
  readonly #existing: ExistingRows
  readonly #seen = new Set<string>()
  readonly #rowsOfOrders = new Map<OrderRow, ImportRow>()
  readonly #handlers: Record<RowKind, (row: ImportRow) => void> = {
    users: (row) => this.#addUser(this.#parse(row, ROW_SCHEMAS.users)),
    organisations: (row) => this.#addOrganisation(this.#parse(row, ROW_SCHEMAS.organisations)),
    memberships: (row) => this.#addMembership(this.#parse(row, ROW_SCHEMAS.memberships)),
    plans: (row) => this.#addPlan(this.#parse(row, ROW_SCHEMAS.plans)),
    orders: (row) => this.#addOrder(row, this.#parse(row, ROW_SCHEMAS.orders)),
  }

  constructor(settings: ImportSettings, existing: ExistingRows) {
    this.#settings = settings
    this.#existing = existing
  }

  validate(row: ImportRow): void {
    try {
      this.#handlers[row.kind](row)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      this.#reject(row, error.message)
    }
  }

  /** A customer can have only one active plan order. Keeps the newest one and rejects the others. */
  rejectSecondActiveOrders(): void {
    const newest = new Map<string, OrderRow>()
    const active = this.result.orders.filter(({ values }) => values.status === 'ACTIVE' && values.planId !== undefined)
    for (const order of active) {
      const customer = customerLabel(order.values)
      const other = newest.get(customer)
      if (!other || other.values.date < order.values.date) newest.set(customer, order)
    }
    const reasons = new Map<OrderRow, string>()
    for (const order of active) {
      const customer = customerLabel(order.values)
      const stored = this.#existing.activeOrders.get(customer)
      const newestOrder = newest.get(customer)
      if (stored !== undefined) reasons.set(order, `${customer} already has an active order: ${stored}`)
      else if (newestOrder && newestOrder !== order) reasons.set(order, `${customer} has a newer active order: ${newestOrder.values.id}`)
    }
    for (const [order, reason] of reasons) this.#reject(this.#rowsOfOrders.get(order) as ImportRow, reason)
    this.result.orders = this.result.orders.filter((order) => !reasons.has(order))
  }

  #parse<T extends z.ZodType<{ id?: bigint | string; userId?: string; organisationId?: string | undefined }>>(
    row: ImportRow,
    schema: T,
  ): z.output<T> {
    const values = parseInput(schema, row.kind, row.values)
    const key = row.kind === 'memberships' ? `${values.organisationId}/${values.userId}` : String(values.id)
    if (this.#seen.has(`${row.kind} ${key}`)) throw rejectionError(`${key} is a duplicate in the file`)
    this.#seen.add(`${row.kind} ${key}`)
    return values
  }

  #addUser(user: ParsedRows['users']): void {
    this.#existing.users.add(user.id)
    this.result.users.push(user)
  }

  #addOrganisation(organisation: ParsedRows['organisations']): void {
    this.#existing.organisations.add(organisation.id)
    this.result.organisations.push(organisation)
  }

  #addMembership(membership: ParsedRows['memberships']): void {
    this.#assertCustomerExists(membership.userId, membership.organisationId)
    this.result.memberships.push(membership)
  }

  #addPlan(values: ParsedRows['plans']): void {
    const currency = values.currency ?? this.#settings.currency
    const price = values.price === undefined ? null : this.#amount(values.price, currency)
    const stored = this.#existing.plans.get(values.id)
    if (stored && (stored.name !== values.name || stored.price !== price)) {
      throw rejectionError(`plan ${values.id} already exists with different data ("${stored.name}")`)
    }
    if (stored) this.result.unchanged += 1
    else this.result.plans.push({ values, currency, price })
    this.#existing.plans.set(values.id, { name: values.name, price, currency })
  }

  #addOrder(row: ImportRow, values: ParsedRows['orders']): void {
    this.#assertCustomerExists(values.userId, values.organisationId)
    const plan = values.planId === undefined ? undefined : this.#existing.plans.get(values.planId)
    if (values.planId !== undefined && !plan) throw rejectionError(`planId: plan ${values.planId} does not exist`)
    const currency = values.currency ?? plan?.currency ?? this.#settings.currency
    const amount = this.#amount(values.amount, currency)
    const items = this.#items(values, plan?.name, currency, amount)
    const stored = this.#existing.orders.get(values.id)
    if (stored && (stored.userId !== values.userId || stored.amount !== amount || stored.placedAt.getTime() !== values.date.getTime())) {
      throw rejectionError(`order ${values.id} already exists with different data`)
    }
    if (stored) {
      this.result.unchanged += 1
      return
    }
    const order = { values, currency, amount, items }
    this.#rowsOfOrders.set(order, row)
    this.result.orders.push(order)
  }

  #items({ items, description }: ParsedRows['orders'], plan: string | undefined, currency: string, amount: bigint): OrderRow['items'] {
    if (!items) {
      const text = description ?? plan
      return [singleLine(text === undefined ? { kind: 'ORDER', parameters: {} } : { kind: 'TEXT', description: text }, amount)]
    }
    const lines = items.map(({ description, quantity = 1, price }): OrderLine => {
      const unitPrice = this.#amount(price, currency)
      return { kind: 'TEXT', description, quantity, unitPrice, amount: unitPrice * BigInt(quantity) }
    })
    const sum = lines.reduce((total, line) => total + line.amount, 0n)
    if (sum !== amount) throw rejectionError(`items: sum ${sum} must equal the amount ${amount} (minor units of ${currency})`)
    return lines
  }

  #assertCustomerExists(userId: string, organisationId: string | undefined): void {
    if (!this.#existing.users.has(userId)) throw rejectionError(`userId: user ${userId} does not exist`)
    if (organisationId !== undefined && !this.#existing.organisations.has(organisationId)) {
      throw rejectionError(`organisationId: organisation ${organisationId} does not exist`)
    }
  }

  #amount(text: string, currency: string): bigint {
    if (!this.#settings.minorUnits) return parseDecimal(text, currency)
    if (!/^\d+$/.test(text)) throw rejectionError(`${text} is not a whole number of minor units`)
    return BigInt(text)
  }

  #reject({ kind, rowNumber, values }: ImportRow, reason: string): void {
    this.result.rejected.push({ kind, rowNumber, id: String(values.id ?? values.userId ?? ''), reason })
  }
}

function rejectionError(reason: string): DomainError {
  return new DomainError(BAD_USER_INPUT, reason, {})
}
