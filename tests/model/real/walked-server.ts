import type pg from 'pg'
import type { Answer } from '../../support/server.js'
import type { Settings } from '../settings.js'

/** The real system as walks use it: one process of the tests, or several real ones. */
export interface WalkedServer {
  /** Runs statements as the owner of the tables. */
  readonly owner: pg.Pool
  /** Where customers return to from a checkout. */
  readonly returnUrl: string
  now(): Date
  /** Sends an operation as a user (id) or an administrator. A mutation may have an idempotency key in its input. */
  ask(who: number | 'admin', query: string, variables?: object): Promise<Answer>
  /** Requests a page of the sandbox. */
  page(url: string, method: 'GET' | 'POST'): Promise<Response>
  /** Moves the clock forward, and enqueues the job of every minute. */
  advanceTo(at: Date): Promise<void>
  /** Enqueues or runs the job of every minute. */
  tick(): Promise<void>
  /** Waits until all jobs are done that are due. */
  settle(): Promise<void>
  close(): Promise<void>
}

export const START = new Date('2026-01-31T10:00:00.000Z')

/** The card of the sandbox fails at renewals only. */
export const REAL_SETTINGS: Partial<Settings> = { cardsFailForChanges: false }

/** The environment of a server that has the settings of the model. */
export function environmentOf({ graceDays, pricesIncludeTax }: Settings): Record<string, string> {
  return {
    GRACE_DAYS: String(graceDays),
    PRICES_INCLUDE_TAX: String(pricesIncludeTax),
    INVOICE_ISSUED_FROM_NAME: 'Example Hosting GmbH',
    INVOICE_ISSUED_FROM_ADDRESS: 'Hauptstraße 1',
    INVOICE_ISSUED_FROM_COUNTRY: 'DE',
    INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
    RATE_LIMIT_POINTS: '1000000000',
    RATE_LIMIT_RESTORE_RATE: '1000000000',
  }
}

/** Creates the plans and the tax rate of the model. @returns the ids of the plans by slug */
export async function createPlans(server: WalkedServer, settings: Settings): Promise<ReadonlyMap<string, string>> {
  const plans = new Map<string, string>()
  for (const { slug, price, interval, rank } of settings.plans) {
    const isFree = price === 0n
    const money = { minorUnits: Number(price), currency: settings.currency }
    const input = { slug, name: slug, type: isFree ? 'FREE' : 'PAID', isDefault: isFree, rank, interval, price: money }
    const query = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'
    plans.set(slug, (await dataOf(server.ask('admin', query, { input }))).createPlan.plan.id.replace('plan_', ''))
  }
  // Without a stored rate, the standard rate of the country applies.
  const input = { country: 'DE', customerType: 'USER', basisPoints: settings.taxBasisPoints }
  const query = 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }'
  await dataOf(server.ask('admin', query, { input }))
  return plans
}

/** Creates a customer in the country of the tax rate. */
export async function createUser(server: WalkedServer, user: number): Promise<void> {
  const query = 'mutation { setBillingDetails(input: { name: "Ada", country: "DE" }) { billingDetails { country } } }'
  await dataOf(server.ask(user, query))
}

async function dataOf(answer: Promise<Answer>): Promise<Answer['data']> {
  const { data, errors } = await answer
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}
