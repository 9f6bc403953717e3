import { setTimeout as sleep } from 'node:timers/promises'
import { token } from '../programs.mjs'
import { createAcknowledged } from './acknowledged.mjs'
import { ManualSales } from './manual-sales.mjs'
import { buyAndRenew, changeAndRefund, checkOutAndChange } from './purchases.mjs'

const SERVERS_PER_USER = 5
const STOP_TIMEOUT_MS = 45_000
/** More than half of a grant, so that only one of two credit notes is possible. */
const CREDIT = 300
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { id number pdfUrl } } } }'
const UPSERT = 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }'
const CANCEL = 'mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }'
const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'
const CREDIT_INVOICE = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { number } } }'

/** A steady mix of requests of panels, customers and the payment provider. It records which were acknowledged. */
export class Load {
  acknowledged = createAcknowledged()
  #running = true
  #client
  #provider
  #administrator
  #plans
  #next = 0
  #purchases = 0
  #done

  /** @param plans  ids: `grant` without a provider, `pro` and `max` sold by the provider */
  constructor({ client, provider, administrator, plans }) {
    this.#client = client
    this.#provider = provider
    this.#administrator = administrator
    this.#plans = plans
  }

  start() {
    const grant = () => this.#grant()
    const claim = () => this.#claim()
    const read = () => this.#read()
    const buy = () => this.#buy(buyAndRenew)
    const change = () => this.#buy(changeAndRefund)
    const checkOut = () => this.#buy(checkOutAndChange)
    const sales = new ManualSales(this.#client, this.#administrator, this.#plans, this.acknowledged)
    const sell = () => sales.step()
    const workers = [grant, grant, claim, claim, read, read, buy, change, checkOut, sell, sell, sell, sell, sell, sell]
    this.#done = Promise.all(workers.map((work) => this.#repeat(work).catch((error) => this.#report(error))))
  }

  /** Waits for pending requests. After the faults have ended, every request must be acknowledged. */
  async stop() {
    this.#running = false
    await Promise.race([this.#done, sleep(STOP_TIMEOUT_MS)])
    this.#client.giveUp()
  }

  async #repeat(work) {
    while (this.#running) await work()
  }

  #report(error) {
    this.#client.wrong.push(`the load ended: ${error.message}`)
  }

  #execute(query, variables, refusals) {
    return this.#client.execute(this.#administrator, query, variables, refusals)
  }

  async #grant() {
    this.#next += 1
    const number = this.#next
    const userId = String(10_000 + number)
    await this.#execute(UPSERT, { input: { id: userId } })
    const { data } = await this.#execute(APPLY, { input: { userId, planId: this.#plans.grant, idempotencyKey: `grant-${userId}` } })
    const { id, invoice } = data.applyPlan.order
    this.acknowledged.grants.set(userId, { orderId: id.replace('ord_', ''), number: invoice.number, pdfUrl: invoice.pdfUrl })
    if (number % 4 === 0) await Promise.all(['one', 'other'].map((key) => this.#credit(invoice, key)))
    if (number % 5 > 0) return
    // Has no idempotency key, so a repetition finds nothing to cancel.
    await this.#execute(CANCEL, { input: { userId } }, ['INVALID_TRANSITION', 'SUBSCRIPTION_NOT_FOUND', 'ORDER_NOT_FOUND'])
    this.acknowledged.cancelled.add(userId)
  }

  async #credit({ id, number }, key) {
    const input = { invoiceId: id, amount: CREDIT, idempotencyKey: `credit-${id}-${key}` }
    const { data } = await this.#execute(CREDIT_INVOICE, { input }, ['BAD_USER_INPUT'])
    if (data) this.acknowledged.credits.set(data.creditInvoice.creditNote.number, number)
  }

  /** Claims more servers than the limit allows, for customers with a plan. */
  async #claim() {
    const users = [...this.acknowledged.grants.keys()].filter(
      (userId) => !this.acknowledged.cancelled.has(userId) && Number(userId) % 5 > 0,
    )
    const userId = users[Math.floor(Math.random() * users.length)]
    if (!userId) return sleep(50)
    const mine = this.acknowledged.claims.get(userId) ?? new Set()
    this.acknowledged.claims.set(userId, mine)
    const externalId = `${userId}-${Math.floor(Math.random() * SERVERS_PER_USER * 2)}`
    const { data } = await this.#execute(CLAIM, { input: { userId, externalId, memory: 1, disk: 1, cpu: 1 } }, ['PLAN_LIMIT_EXCEEDED'])
    if (data?.claimServer) mine.add(externalId)
  }

  async #buy(purchase) {
    this.#purchases += 1
    const id = 1000 + this.#purchases
    const userId = String(500_000 + id)
    await this.#execute(UPSERT, { input: { id: userId, email: `p${id}@example.com` } })
    const customer = { id, userId, token: await token(userId), plans: this.#plans, provider: this.#provider }
    await purchase(this.#client, customer, this.acknowledged)
  }

  async #read() {
    await this.#execute('{ allOrders(first: 20) { nodes { id plan { name } invoice { number } } } }')
    this.acknowledged.reads += 1
    const grants = [...this.acknowledged.grants.values()]
    const grant = grants[Math.floor(Math.random() * grants.length)]
    if (!grant) return
    const { pathname, search } = new URL(grant.pdfUrl)
    if ((await this.#client.download(`${pathname}${search}`)) === '%PDF-') this.acknowledged.documents += 1
  }
}
