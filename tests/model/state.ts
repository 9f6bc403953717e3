import type { Period } from '../../src/core/period.js'
import type { Posting } from './ledger.js'
import type { Plan, Settings } from './settings.js'

// Ids count from 1 within each list, in the order of creation.

export type SubscriptionStatus = 'ACTIVE' | 'PAST_DUE' | 'UNPAID' | 'CANCELLED' | 'EXPIRED'
export type Collection = 'PROVIDER' | 'INVOICE' | 'NONE'
export type SuspensionReason = 'ADMIN' | 'ABUSE'

export interface Subscription {
  readonly id: number
  plan: Plan
  status: SubscriptionStatus
  collection: Collection
  /** The days of the refund table count from here. */
  boughtAt: Date
  anchor: Date
  /** The number of the current period, counted from the anchor. */
  periodNumber: number
  period: Period
  expiresAt: Date | null
  /** A change that is scheduled for the end of the period. */
  pendingPlan: Plan | null
  /** The order that the current plan was charged with. */
  order: number
  /** When the provider's charge for the next period failed; the period has ended then. */
  failedRenewalAt: Date | null
  suspendedBy: SuspensionReason | null
  /** The unused share that an administrator kept when the plan was cancelled. */
  forfeited: bigint
}

export type OrderKind = 'PURCHASE' | 'GRANT' | 'RENEWAL' | 'PLAN_CHANGE'
export type OrderStatus = 'PENDING' | 'ACTIVE' | 'CANCELLED' | 'EXPIRED'

export interface Order {
  readonly id: number
  readonly kind: OrderKind
  readonly plan: Plan
  status: OrderStatus
  /** The amount owed, tax included. Of a change of plan: the charge less the credit, before the balance. */
  amount: bigint
  /** The price of the whole period as it was paid, tax included: what later shares are calculated from. */
  fullAmount: bigint
  /** What a change of plan that waits for its payment was calculated from. */
  readonly change?: { readonly credit: bigint; readonly charge: bigint }
  readonly placedAt: Date
  /** When a pending order expires; null for renewals. */
  readonly expiresAt: Date | null
  subscription: number | null
  period: Period | null
}

export interface Checkout {
  readonly id: number
  readonly plan: Plan
  isPaid: boolean
}

export interface Invoice {
  readonly id: number
  readonly order: number
  readonly subscription: number
  /** The whole period of the subscription, also when only its rest was charged. */
  readonly period: Period
  readonly total: bigint
  readonly tax: bigint
  credited: bigint
  creditedTax: bigint
  /** Whether money was ever assigned to it, even if the payment was reversed later. */
  wasPaid: boolean
  readonly issuedAt: Date
  dueAt: Date
}

export interface CreditNote {
  readonly id: number
  readonly invoice: number
  readonly amount: bigint
  readonly tax: bigint
  readonly issuedAt: Date
}

export type RecordedKind = 'BANK_TRANSFER' | 'CASH' | 'OTHER'
export type PaymentKind = 'PROVIDER' | RecordedKind | 'BALANCE'

export interface Payment {
  readonly id: number
  readonly kind: PaymentKind
  readonly amount: bigint
  readonly reference: string | null
  /** The order that it was recorded for, directly or by its invoice. */
  readonly order: number | null
  /** Kind BALANCE: the granted credit that it was taken from, or null. */
  readonly grant: number | null
  readonly receivedAt: Date
  /** The part that waits on the balance for a pending order, or for a renewal that the provider could not charge. */
  held: bigint
  /** The subscription whose failed renewal it waits for. */
  readonly renewalOf: number | null
  reversedAt: Date | null
}

/** The part of a payment that pays an invoice. */
export interface Allocation {
  readonly payment: number
  readonly invoice: number
  amount: bigint
}

/** Credit that an administrator granted. */
export interface Grant {
  readonly id: number
  readonly amount: bigint
  readonly expiresAt: Date | null
  readonly reason: string
  remaining: bigint
  expired: bigint
}

export type Destination = 'ORIGINAL' | 'BALANCE'

export interface RefundPart {
  readonly id: number
  readonly payment: number
  readonly amount: bigint
  readonly destination: Destination
  status: 'REQUESTED' | 'DONE'
  reference: string | null
}

export interface Refund {
  readonly id: number
  readonly order: number
  readonly amount: bigint
  readonly parts: RefundPart[]
  readonly requestedAt: Date
}

/** The time that an invoice is for, and how much of it the customer had. Only the second law uses it. */
export interface UsedTime {
  readonly invoice: number
  readonly fullAmount: bigint
  readonly period: Period
  readonly from: Date
  /** The end of the period, or earlier if the plan was left early. */
  until: Date
  /** What was credited without ending the time: it lowers the price of all of it. */
  forgiven: bigint
}

export interface State {
  readonly settings: Settings
  now: Date
  cardFails: boolean
  readonly subscriptions: Subscription[]
  readonly orders: Order[]
  readonly checkouts: Checkout[]
  readonly invoices: Invoice[]
  readonly creditNotes: CreditNote[]
  readonly payments: Payment[]
  /** In the order in which money was assigned to invoices; amounts are greater than 0. */
  allocations: Allocation[]
  readonly grants: Grant[]
  readonly refunds: Refund[]
  /** What administrators paid out of the balance. */
  readonly payouts: { readonly amount: bigint; readonly at: Date }[]
  postings: Posting[]
  /** What the customer may spend, without granted credit. */
  freeBalance: bigint
  readonly usedTime: UsedTime[]
  /** Price of unused time that was forfeited, minus the price of used time that was credited. */
  forfeitedLessForgiven: bigint
  /** How often a share was rounded: the tolerance of the second law. */
  roundings: bigint
}

export function initialState(settings: Settings, now: Date): State {
  return {
    settings,
    now,
    cardFails: false,
    subscriptions: [],
    orders: [],
    checkouts: [],
    invoices: [],
    creditNotes: [],
    payments: [],
    allocations: [],
    grants: [],
    refunds: [],
    payouts: [],
    postings: [],
    freeBalance: 0n,
    usedTime: [],
    forfeitedLessForgiven: 0n,
    roundings: 0n,
  }
}

/** Adds a row whose id is its position, from 1. */
export function append<T extends { readonly id: number }>(rows: T[], row: Omit<T, 'id'>): T {
  const created = { ...row, id: rows.length + 1 } as T
  rows.push(created)
  return created
}

/** The customer's subscription that is not EXPIRED. There is at most one: a purchase replaces it. */
export function liveSubscription(state: State): Subscription | undefined {
  const last = state.subscriptions.at(-1)
  return last && last.status !== 'EXPIRED' ? last : undefined
}
