import type { z } from 'zod'
import { billingDetailsSchema } from '../identity/index.js'
import { customerLabel, type ExistingRows } from './existing-rows.queries.js'
import { type ImportRow, RowError, type RowKind, rejectRow, rowError } from './import-row.js'
import { orderAmounts, parseAmount } from './order-lines.js'
import { planGrants } from './organisation-grants.js'
import { type ParsedRows, ROW_SCHEMAS } from './row-schemas.js'
import type { BillingDetailsValues, ImportSettings, OrderRow, ValidatedRows } from './validated-rows.js'

/** Expects rows in the order of KINDS, so that rows come after the rows that they refer to. */
export class RowValidator {
  readonly result: ValidatedRows = {
    users: [],
    organisations: [],
    memberships: [],
    plans: [],
    orders: [],
    grants: [],
    unchanged: 0,
    rejected: [],
    ignored: [],
    notices: [],
  }
  readonly #settings: ImportSettings
  readonly #existing: ExistingRows
  readonly #seen = new Set<string>()
  readonly #sources = new Map<object, ImportRow>()
  #hasDefault = false
  readonly #handlers: Record<RowKind, (row: ImportRow) => void | Promise<void>> = {
    users: (row) => this.#addUser(this.#parse(row, ROW_SCHEMAS.users)),
    organisations: (row) => this.#addOrganisation(this.#parse(row, ROW_SCHEMAS.organisations)),
    memberships: (row) => this.#addMembership(this.#parse(row, ROW_SCHEMAS.memberships)),
    plans: (row) => this.#addPlan(this.#parse(row, ROW_SCHEMAS.plans)),
    orders: (row) => this.#addOrder(this.#parse(row, ROW_SCHEMAS.orders)),
  }

  constructor(settings: ImportSettings, existing: ExistingRows) {
    this.#settings = settings
    this.#existing = existing
  }

  async validate(row: ImportRow): Promise<void> {
    try {
      await this.#handlers[row.kind](row)
    } catch (error) {
      if (!(error instanceof RowError)) throw error
      for (const problem of error.problems) this.result.rejected.push(rejectRow(row, problem))
    }
  }

  /** A customer can have only one active plan order. Keeps the newest one and rejects the others. */
  rejectSecondActiveOrders(): void {
    const newest = new Map<string, OrderRow>()
    const active = this.#activePlanOrders()
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
      const fix = 'set the status of this one to cancelled or expired'
      if (stored !== undefined) reasons.set(order, `${customer} already has an active order: ${stored}; ${fix}`)
      else if (newestOrder && newestOrder !== order)
        reasons.set(order, `${customer} has a newer active order: ${newestOrder.values.id}; ${fix}`)
    }
    for (const [order, message] of reasons) this.#reject(order.values, 'status', message)
    this.result.orders = this.result.orders.filter((order) => !reasons.has(order))
  }

  /** An organisation without an active order gets the plan of its row. */
  grantOrganisationPlans(): void {
    const orders = new Map(this.#activePlanOrders().map(({ values }) => [customerLabel(values), values]))
    const planned = planGrants({ ...this.result, plans: this.#existing.plans, existing: this.#existing, orders, at: this.#settings.at })
    this.result.grants = planned.grants
    this.result.unchanged += planned.unchanged
    this.result.notices.push(...planned.notices)
    for (const { organisation, field, message } of planned.problems) this.#reject(organisation, field, message)
  }

  #activePlanOrders(): OrderRow[] {
    return this.result.orders.filter(({ values }) => values.status === 'ACTIVE' && values.planId !== undefined && !this.#hasEnded(values))
  }

  #hasEnded({ expiresAt }: ParsedRows['orders']): boolean {
    return expiresAt !== undefined && expiresAt <= this.#settings.at
  }

  #parse<T extends z.ZodType<{ id?: bigint | string; userId?: string; organisationId?: string | undefined }>>(
    row: ImportRow,
    schema: T,
  ): z.output<T> {
    const parsed = schema.safeParse(row.values)
    if (!parsed.success) {
      throw new RowError(
        parsed.error.issues.map(({ path, message }) => {
          const isMissing = path.length === 1 && row.values[String(path[0])] === undefined
          return { field: path.join('.'), message: isMissing ? 'is missing' : message }
        }),
      )
    }
    const values = parsed.data
    const [field, key] = row.kind === 'memberships' ? ['userId', `${values.organisationId}/${values.userId}`] : ['id', String(values.id)]
    if (this.#seen.has(`${row.kind} ${key}`)) throw rowError(field, `${key} is a duplicate in the file; remove one of the rows`)
    this.#seen.add(`${row.kind} ${key}`)
    this.#sources.set(values, row)
    return values
  }

  async #addUser(values: ParsedRows['users']): Promise<void> {
    const billingDetails = values.billingDetails ? await this.#parseBillingDetails(values.billingDetails) : null
    this.#existing.users.add(values.id)
    this.result.users.push({ values, billingDetails })
  }

  async #parseBillingDetails(details: object): Promise<BillingDetailsValues> {
    const parsed = await billingDetailsSchema(this.#settings.findMissingGlyph).safeParseAsync(details)
    if (parsed.success) return parsed.data
    throw new RowError(parsed.error.issues.map(({ path, message }) => ({ field: ['billingDetails', ...path].join('.'), message })))
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
    const price = values.price === undefined ? null : parseAmount('price', values.price, { ...this.#settings, currency })
    const stored = this.#existing.plans.get(values.id)
    if (stored && (stored.name !== values.name || stored.price !== price)) {
      throw rowError('id', `plan ${values.id} already exists with different data ("${stored.name}")`)
    }
    if (values.isDefault) this.#assertCanBeDefault(values, price)
    if (stored) this.result.unchanged += 1
    else this.result.plans.push({ values, currency, price })
    this.#existing.plans.set(values.id, { name: values.name, price, currency })
  }

  #assertCanBeDefault({ type }: ParsedRows['plans'], price: bigint | null): void {
    if (type !== 'FREE' || price !== 0n) throw rowError('isDefault', 'the default plan must have the type free and the price 0; use 0 here')
    if (this.#hasDefault) throw rowError('isDefault', 'another plan of the file is the default already; use 0 here')
    this.#hasDefault = true
  }

  #addOrder(values: ParsedRows['orders']): void {
    this.#assertCustomerExists(values.userId, values.organisationId)
    const plan = values.planId === undefined ? undefined : this.#existing.plans.get(values.planId)
    if (values.planId !== undefined && !plan) throw rowError('planId', `plan ${values.planId} does not exist; add it to the file`)
    const currency = values.currency ?? plan?.currency ?? this.#settings.currency
    const { amount, net, lines: items } = orderAmounts(values, plan?.name, { ...this.#settings, currency })
    const stored = this.#existing.orders.get(values.id)
    if (stored && (stored.userId !== values.userId || stored.amount !== amount || stored.placedAt.getTime() !== values.date.getTime())) {
      throw rowError('id', `order ${values.id} already exists with different data`)
    }
    if (stored) this.result.unchanged += 1
    else this.result.orders.push({ values, currency, amount, net, items })
  }

  #assertCustomerExists(userId: string, organisationId: string | undefined): void {
    if (!this.#existing.users.has(userId)) throw rowError('userId', `user ${userId} does not exist; add it to the file`)
    if (organisationId !== undefined && !this.#existing.organisations.has(organisationId)) {
      throw rowError('organisationId', `organisation ${organisationId} does not exist; add it to the file`)
    }
  }

  #reject(values: object, field: string, message: string): void {
    const row = this.#sources.get(values)
    if (!row) throw new Error('the row of validated values is unknown')
    this.result.rejected.push(rejectRow(row, { field, message }))
  }
}
