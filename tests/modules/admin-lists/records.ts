import type { InvoiceStatus } from '../../../src/modules/invoicing/invoice.enums.js'
import type { OrderReason, OrderStatus } from '../../../src/modules/orders/order.enums.js'
import type { RefundStatus } from '../../../src/modules/payments/refunds/refund.enums.js'
import type { ReportedPaymentStatus } from '../../../src/modules/payments/reported/reported-payment.enums.js'
import type { SubscriptionStatus } from '../../../src/modules/subscriptions/subscription.enums.js'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import type { TestServer } from '../../support/server.js'

export interface Customer {
  id: string
  /** The id of the API. */
  publicId: string
  email: string | null
  name: string | null
  createdAt: Date
}

interface CustomerRow {
  id: bigint
  userId: string
  organisationId: string | null
  at: Date
}

export interface Records {
  plans: bigint[]
  users: Customer[]
  organisations: Customer[]
  orders: (CustomerRow & { status: OrderStatus; reason: OrderReason; planId: bigint | null })[]
  /** Invoices and credit notes. */
  documents: (CustomerRow & { kind: string; status: InvoiceStatus; number: string; orderId: bigint })[]
  subscriptions: (CustomerRow & { status: SubscriptionStatus; planId: bigint })[]
  refunds: (CustomerRow & { status: RefundStatus })[]
  reports: (CustomerRow & { status: ReportedPaymentStatus })[]
}

const PEOPLE: readonly [email: string | null, name: string | null][] = [
  ['jane@example.com', 'Jane Doe'],
  ['john.doe@example.com', "John O'Brien"],
  ['JANET@EXAMPLE.ORG', 'ÉMILE Zola'],
  [null, 'Иван Petrov'],
  ['user_5%x@example.net', null],
  [null, null],
  ['mueller@firma.de', 'Jürgen Müller'],
  ['percent@example.com', '100% \\ Sure_Thing'],
  ['li@example.com', '李 小龙'],
]
const COMPANIES = ['Acme Ltd', 'Doe & Sons', 'ÅNGSTRÖM AB', 'Müller GmbH']

const pick = <T>(values: readonly T[], n: number): T => {
  const value = values[n % values.length]
  if (value === undefined) throw new Error('no values')
  return value
}
/** Several rows have the same time, so that the id decides. */
const timeOf = (n: number) => new Date(Date.UTC(2026, 0, 1 + ((n * 7) % 23), n % 3))

/** Fills the tables with rows that have all values of the filters in many combinations. */
export async function createRecords(server: TestServer, size = 60): Promise<Records> {
  const { db } = server.services
  const catalog = await createCatalog(server)
  const plans = [catalog.free, catalog.starter, catalog.pro].map((id) => BigInt(rowId(id)))
  const users = PEOPLE.map(([email, name], n) => ({ id: String(50 + n), email, name, createdAt: timeOf(n) }))
  const organisations = COMPANIES.map((name, n) => ({ id: `org-${n}`, name, createdAt: timeOf(n) }))
  await db.user.createMany({ data: users })
  await db.organisation.createMany({ data: organisations })
  const rows = Array.from({ length: size }, (_, n) => ({
    id: BigInt(1000 + ((n * 37) % size)),
    userId: pick(users, n * 5 + 1 + (n >> 3)).id,
    organisationId: n % 3 === 0 ? pick(organisations, n).id : null,
    at: timeOf(n),
    n,
  }))
  const money = { currency: 'USD' }
  const orders = rows.map((row) => {
    const planId = row.n % 5 === 0 ? null : pick(plans, row.n)
    const status = pick<OrderStatus>(
      ['PENDING', 'CANCELLED', 'EXPIRED', ...(planId === null ? ['ACTIVE' as const] : [])],
      row.n * 3 + (row.n % 7),
    )
    return { ...row, planId, status, reason: pick<OrderReason>(['PURCHASE', 'GRANT', 'RENEWAL', 'PLAN_CHANGE'], row.n + (row.n >> 2)) }
  })
  await db.order.createMany({
    data: orders.map(({ n, at, planId, ...order }) => ({
      ...order,
      ...money,
      amount: BigInt(n * 100),
      net: BigInt(n * 100),
      periodAmount: BigInt(n * 100),
      placedAt: at,
      planId,
      ...(planId !== null && {
        planName: 'Plan',
        planType: 'PAID' as const,
        planInterval: 'MONTH' as const,
        planLimits: {},
        planFeatures: {},
      }),
      activatedAt: order.status === 'ACTIVE' ? at : null,
      cancelledAt: order.status === 'CANCELLED' ? at : null,
    })),
  })
  const invoiced = orders.filter(({ n }) => n % 4 !== 3)
  const invoices = invoiced.map((order) => ({
    ...order,
    kind: order.n % 6 === 0 ? ('STATEMENT' as const) : ('INVOICE' as const),
    number: `INV-2026-${order.id}`,
    orderId: order.id,
    status: pick<InvoiceStatus>(['OPEN', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOID'], order.n),
  }))
  const creditNotes = invoices
    .filter(({ n }) => n % 2 === 0)
    .map((invoice) => ({ ...invoice, id: invoice.id + 5000n, kind: 'CREDIT_NOTE' as const, number: `CN-2026-${invoice.id}` }))
  const documents = [...invoices, ...creditNotes]
  await db.invoice.createMany({
    data: documents.map(({ n, at, planId, reason, status, ...document }) => ({
      ...document,
      ...money,
      status,
      ...(document.kind !== 'CREDIT_NOTE' && amountsOf(status, BigInt(n * 100 + 100), at)),
      series: document.number.slice(0, 2),
      year: 2026,
      sequence: Number(document.id),
      creditedInvoiceId: document.kind === 'CREDIT_NOTE' ? document.id - 5000n : null,
      subtotal: BigInt(n * 100 + 100),
      tax: 0n,
      total: BigInt(n * 100 + 100),
      issuedAt: at,
      dueAt: at,
      snapshot: {},
    })),
  })
  const subscriptions = rows.map((row) => ({ ...row, planId: pick(plans, row.n + 1), status: 'EXPIRED' as SubscriptionStatus }))
  const live: SubscriptionStatus[] = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED']
  const customers = new Set<string>()
  for (const subscription of subscriptions) {
    const customer = subscription.organisationId ?? subscription.userId
    if (!customers.has(customer)) subscription.status = pick(live, customers.size)
    customers.add(customer)
  }
  await db.subscription.createMany({
    data: subscriptions.map(({ n, at, ...subscription }) => ({
      ...subscription,
      planName: 'Plan',
      planInterval: 'MONTH' as const,
      currency: 'USD',
      collection: 'NONE' as const,
      boughtAt: at,
      planLimits: {},
      planFeatures: {},
      anchor: at,
      periodNumber: 1,
      currentPeriodStart: at,
      currentPeriodEnd: new Date(at.getTime() + n + 1),
      endedAt: subscription.status === 'EXPIRED' ? at : null,
      createdAt: at,
      updatedAt: at,
    })),
  })
  const refunds = orders
    .filter(({ n }) => n % 2 === 0)
    .map((order) => ({ ...order, status: pick<RefundStatus>(['REQUESTED', 'DONE'], order.n >> 1) }))
  await db.refund.createMany({
    data: refunds.map(({ id, userId, organisationId, status, at, n }) => ({
      id,
      userId,
      organisationId,
      orderId: id,
      type: 'FULL' as const,
      status,
      ...money,
      amount: BigInt(n + 1),
      tax: 0n,
      days: 1,
      createdAt: at,
    })),
  })
  await db.payment.createMany({
    data: rows.map(({ n, at, ...row }) => ({
      ...row,
      ...money,
      kind: 'OTHER' as const,
      amount: BigInt(n + 1),
      receivedAt: at,
      createdAt: at,
      recordedBy: 'user:1',
    })),
  })
  const reports = orders
    .filter(({ n }) => n % 3 !== 0)
    .map((order) => ({ ...order, status: pick<ReportedPaymentStatus>(['REPORTED', 'REJECTED'], order.n) }))
  await db.reportedPayment.createMany({
    data: reports.map(({ id, userId, organisationId, status, at, n }) => ({
      id,
      userId,
      organisationId,
      orderId: id,
      status,
      ...money,
      amount: BigInt(n + 1),
      reference: `Transfer ${n}`,
      reportedBy: `user:${userId}`,
      reportedAt: at,
      ...(status === 'REJECTED' && { rejectionReason: 'Nothing has arrived', resolvedBy: 'user:1', resolvedAt: at }),
    })),
  })
  return {
    plans,
    users: users.map((user) => ({ ...user, publicId: `user_${user.id}` })),
    organisations: organisations.map((organisation) => ({ ...organisation, email: null, publicId: `org_${organisation.id}` })),
    orders,
    documents,
    subscriptions,
    refunds,
    reports,
  }
}

/** The amounts from which a trigger derives the status of an invoice. */
function amountsOf(status: InvoiceStatus, total: bigint, at: Date) {
  switch (status) {
    case 'OPEN':
      return {}
    case 'PAID':
      return { paidTotal: total }
    case 'PARTIALLY_REFUNDED':
      return { paidTotal: total - 1n, creditedTotal: 1n }
    case 'REFUNDED':
      return { creditedTotal: total, firstPaidAt: at }
    case 'VOID':
      return { creditedTotal: total }
  }
}
