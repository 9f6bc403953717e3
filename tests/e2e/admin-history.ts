import { expect, vi } from 'vitest'
import { deliverEscluse, escluseEvent } from '../support/escluse.js'
import { ask, type RunningServer } from './program.js'

// What happens in a small shop before an administrator opens its pages: months of orders, payments, cancellations and problems.

export const ESCLUSE_SECRET = 'whsec_of_the_administration'
const MONTHS = 11
const WAIT = { timeout: 60_000, interval: 200 }
const NAMES = [
  'Mary Somerville',
  'Emmy Noether',
  'Sofja Kowalewskaja',
  'Maria Agnesi',
  'Sophie Germain',
  'Hypatia',
  'Karen Uhlenbeck',
  'Maryam Mirzakhani',
  'Katherine Johnson',
  'Dorothy Vaughan',
  'Mary Jackson',
]
const FIRST_USER = 200
/** Does not pay what was invoiced besides a plan. */
const LATE = '203'
const LATE_MONTHS = [5, 7, 8, 9, 10]

export class AdminHistory {
  readonly #server: RunningServer
  readonly #cookies = new Map<number, string>()

  constructor(server: RunningServer) {
    this.#server = server
  }

  async admin(query: string, variables?: object): Promise<any> {
    const { data, errors } = await ask(this.#server, this.#server.administrator, query, variables)
    expect(errors).toBeUndefined()
    return data
  }

  /** Runs an operation as a customer, who is signed in to the portal by a link. */
  async customer(user: number, query: string, variables?: object): Promise<any> {
    const { url } = this.#server
    const own = { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin', 'x-quittance-page': 'portal' }
    if (!this.#cookies.has(user)) {
      const create = 'mutation ($id: ID!) { createPortalSession(input: { userId: $id }) { url } }'
      const { createPortalSession } = await this.admin(create, { id: String(user) })
      const body = JSON.stringify({ token: createPortalSession.url.split('/').at(-1) })
      const opened = await fetch(`${url}/portal/session`, { method: 'POST', headers: own, body })
      this.#cookies.set(user, opened.headers.get('set-cookie')?.split(';')[0] ?? '')
    }
    const headers = { ...own, cookie: this.#cookies.get(user) ?? '' }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = (await response.json()) as any
    expect(errors).toBeUndefined()
    return data
  }

  /** @returns the id of the pending order */
  async order(user: number, plan: string): Promise<string> {
    const place = 'mutation ($plan: String) { placeOrder(input: { plan: $plan, replace: true }) { order { id } } }'
    return (await this.customer(user, place, { plan })).placeOrder.order.id
  }

  async buy(user: number, plan: string): Promise<void> {
    const orderId = await this.order(user, plan)
    const { order } = await this.admin('query ($id: ID!) { order(id: $id) { planId } }', { id: orderId })
    const apply = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'
    await this.admin(apply, { input: { userId: String(user), planId: order.planId, orderId } })
  }

  /** Lets months pass in which customers come, pay, and go. */
  async run(): Promise<void> {
    const users = NAMES.map((name, index) => ({
      id: String(FIRST_USER + index),
      name,
      email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
    }))
    await this.admin('mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }', { users })
    for (let month = 0; month < MONTHS; month += 1) {
      await this.buy(FIRST_USER + month, month % 3 === 1 ? 'pro' : 'starter')
      if (month === 5) await this.customer(FIRST_USER, 'mutation { cancelSubscription(input: {}) { subscription { id } } }')
      if (month === 6) await this.buy(FIRST_USER + 2, 'pro')
      if (month === 8) await this.customer(FIRST_USER + 4, 'mutation { cancelSubscription(input: {}) { subscription { id } } }')
      if (LATE_MONTHS.includes(month)) await this.#invoiceSetup(2500 * month)
      await this.advanceMonth()
    }
    await this.#invoiceSetup(9000)
  }

  async #invoiceSetup(unitPrice: number): Promise<void> {
    const input = { userId: LATE, currency: 'USD', items: [{ description: 'Setup of servers', unitPrice }] }
    await this.admin('mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id } } }', { input })
  }

  async advanceMonth(): Promise<void> {
    const { now } = await this.admin('{ now }')
    const to = new Date(now)
    to.setUTCMonth(to.getUTCMonth() + 1)
    await this.admin('mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to: to.toISOString() })
    await this.#periodsAdvanced()
    await this.#payOpenInvoices()
  }

  /** Jobs of the server renew what has ended. */
  async #periodsAdvanced(): Promise<void> {
    const read =
      '{ now allSubscriptions(first: 100, filter: { status: [ACTIVE, PAST_DUE] }) { nodes { currentPeriodEnd cancelAtPeriodEnd } } }'
    const areRenewed = async () => {
      const { now, allSubscriptions } = await this.admin(read)
      return allSubscriptions.nodes.filter(({ currentPeriodEnd }: any) => currentPeriodEnd < now).length === 0
    }
    await vi.waitUntil(areRenewed, WAIT)
  }

  async #payOpenInvoices(): Promise<void> {
    const read = '{ allInvoices(first: 100, filter: { status: OPEN }) { nodes { id amountDue { minorUnits } order { planId } } } }'
    const { allInvoices } = await this.admin(read)
    const pay = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { payment { id } } }'
    for (const { id, amountDue, order } of allInvoices.nodes) {
      if (order.planId === null) continue
      const input = { invoiceId: id, amount: amountDue.minorUnits, kind: 'BANK_TRANSFER', reference: `Transfer ${id}` }
      await this.admin(pay, { input })
    }
  }

  /** What waits for the administrator: an order, a reported payment and an event of an unknown customer. */
  async leaveWork(): Promise<void> {
    const methods = [{ slug: 'bank-transfer', name: 'Bank transfer', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' }]
    const set = 'mutation ($methods: [ManualPaymentMethodInput!]!) { setPaymentMethods(input: { methods: $methods }) { methods { slug } } }'
    await this.admin(set, { methods })
    await this.order(FIRST_USER, 'pro')
    const reported = await this.order(FIRST_USER + 4, 'starter')
    const report = `mutation ($id: ID!) { reportPayment(input: { orderId: $id, amount: 500, method: "bank-transfer", reference: "Transfer of Sophie" }) {
      reportedPayment { id } } }`
    await this.customer(FIRST_USER + 4, report, { id: reported })
    const event = escluseEvent('subscription_created', { subscription_id: 'sub_77', plan: 'pro', customer_email: 'nora@example.com' })
    expect((await deliverEscluse(this.#server.url, event, ESCLUSE_SECRET)).status).toBe(200)
    const isParked = async () => (await this.admin('{ providerEvents(status: PARKED) { totalCount } }')).providerEvents.totalCount === 1
    await vi.waitUntil(isParked, WAIT)
  }
}
