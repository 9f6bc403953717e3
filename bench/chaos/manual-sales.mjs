import { setTimeout as sleep } from 'node:timers/promises'
import { token } from '../programs.mjs'
import { rowId } from './acknowledged.mjs'
import { createCheckout, payCheckout } from './purchases.mjs'

/** Few, so that several requests for one of them run at the same time. */
const CUSTOMERS = 6
const STEPS_PER_CUSTOMER = 60
const FIRST_USER = 700_000
/** Shorter than a run, so that credit expires, and longer than a request is repeated. */
const CREDIT_LIFETIME_MS = 90_000
const KINDS = ['BANK_TRANSFER', 'CASH', 'OTHER']

const UPSERT = 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }'
const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id plan { id } amount { minorUnits } } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { id } } } }'
const PAY = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { payment { id } invoice { id status } } }'
const REVERSE =
  'mutation ($input: ReversePaymentInput!) { reversePayment(input: $input) { payment { id } invoices { id amountDue { minorUnits } } } }'
const CHANGE = `mutation ($input: ChangePlanInput!) { changePlan(input: $input) {
  change { dueNow { minorUnits } } order { id status plan { id } invoice { id } } } }`
const REFUND = `mutation ($input: RequestRefundInput!) { requestRefund(input: $input) {
  refund { id amount { minorUnits } parts { id status } } } }`
const CONFIRM = 'mutation ($input: ConfirmRefundInput!) { confirmRefund(input: $input) { refund { id } } }'
const GRANT = 'mutation ($input: GrantCreditInput!) { grantCredit(input: $input) { grant { id } } }'
const CREDIT = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { number } invoice { number } } }'
const CANCEL = 'mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }'

/**
 * Customers whose sales an administrator collects, and some of the sandbox. Every step sends a random request for a random
 * one of them. Only the refusals that are named for a request are expected.
 */
export class ManualSales {
  #client
  #administrator
  #plans
  #acknowledged
  #customers = []
  #created = 0
  #steps = 0

  constructor(client, administrator, plans, acknowledged) {
    this.#client = client
    this.#administrator = administrator
    this.#plans = plans
    this.#acknowledged = acknowledged
  }

  async step() {
    const customer = await this.#selectCustomer()
    this.#steps += 1
    customer.steps += 1
    const key = `${customer.userId}-${this.#steps}`
    const work = pick(this.#possibleWork(customer))
    await work(customer, key)
  }

  async #selectCustomer() {
    const index = Math.floor(Math.random() * CUSTOMERS)
    const found = this.#customers[index]
    if (found && found.steps < STEPS_PER_CUSTOMER) return found
    this.#created += 1
    const userId = String(FIRST_USER + this.#created)
    // Other workers use it as soon as it exists.
    await this.#asAdministrator(UPSERT, { id: userId, email: `m${userId}@example.com` })
    const customer = {
      userId,
      token: await token(userId),
      steps: 0,
      pending: [],
      active: [],
      open: [],
      payments: [],
      parts: [],
      checkouts: [],
    }
    this.#customers[index] = customer
    return customer
  }

  /** The more often a request is listed, the likelier it is. */
  #possibleWork({ pending, active, open, payments, parts, checkouts }) {
    const pay = [this.#payInParts, this.#payExactly, this.#payTooMuch]
    const works = [
      this.#placeOrder,
      this.#grantCredit,
      // Rarely, because few of the requests below are possible for a subscription of the sandbox.
      ...(Math.random() < 0.3 ? [checkouts.length < 2 ? this.#openCheckout : this.#payCheckout] : []),
      ...(pending.length > 0 ? [this.#applyPlan, this.#applyPlan, ...pay] : [this.#placeOrder]),
      ...(active.length > 0
        ? [this.#changePlan, this.#changePlan, this.#refundAll, this.#refundPart, this.#creditInvoice, this.#cancelPlan]
        : []),
      ...(open.length > 0 ? [this.#payInvoice, this.#payInvoice] : []),
      ...(payments.length > 0 ? [this.#reversePayment] : []),
      ...(parts.length > 0 ? [this.#confirmRefund, this.#confirmRefund] : []),
    ]
    return works.map((work) => work.bind(this))
  }

  async #placeOrder({ token, pending }, key) {
    const planId = pick([this.#plans.pro, this.#plans.max])
    const { data } = await this.#client.execute(token, PLACE, { input: { planId, notes: key, idempotencyKey: key } }, [
      'ALREADY_SUBSCRIBED',
    ])
    if (!data) return sleep(0)
    const { order } = data.placeOrder
    this.#acknowledged.orders.set(key, rowId(order.id))
    pending.push({ id: order.id, planId, amount: order.amount.minorUnits })
  }

  async #applyPlan({ userId, pending, active }, key) {
    const { id: orderId, planId } = take(pending)
    const input = { userId, planId, orderId, idempotencyKey: key }
    const data = await this.#asAdministrator(APPLY, input, ['INVALID_TRANSITION', 'CURRENCY_MISMATCH'])
    if (data) this.#activate(active, data.applyPlan.order)
  }

  #payInParts(customer, key) {
    return this.#payOrder(customer, key, (amount) => Math.ceil(amount / 3))
  }

  #payExactly(customer, key) {
    return this.#payOrder(customer, key, (amount) => amount)
  }

  #payTooMuch(customer, key) {
    return this.#payOrder(customer, key, (amount) => amount + 200)
  }

  /** Also for orders that have ended meanwhile: the money goes to the balance. */
  #payOrder(customer, key, share) {
    const { id: orderId, amount } = pick(customer.pending)
    return this.#recordPayment(customer, key, { orderId, amount: Math.max(1, share(amount)) })
  }

  #payInvoice(customer, key) {
    const { id: invoiceId, amount } = take(customer.open)
    return this.#recordPayment(customer, key, { invoiceId, amount })
  }

  async #recordPayment({ payments, active }, key, target) {
    const input = { ...target, kind: pick(KINDS), reference: key, idempotencyKey: key }
    const { payment, invoice } = (await this.#asAdministrator(PAY, input)).recordPayment
    this.#acknowledged.payments.set(key, { id: rowId(payment.id), amount: target.amount })
    payments.push(payment.id)
    if (target.orderId && invoice) active.push({ orderId: target.orderId, invoiceId: invoice.id })
  }

  async #reversePayment({ payments, open }, key) {
    const paymentId = take(payments)
    const data = await this.#asAdministrator(REVERSE, { paymentId, reason: key, idempotencyKey: key }, ['INVALID_TRANSITION'])
    if (!data) return
    this.#acknowledged.reversals.add(rowId(paymentId))
    for (const { id, amountDue } of data.reversePayment.invoices)
      if (amountDue.minorUnits > 0) open.push({ id, amount: amountDue.minorUnits })
  }

  async #changePlan({ token, pending, active }, key) {
    const planId = pick([this.#plans.pro, this.#plans.max])
    const input = { planId, when: 'NOW', idempotencyKey: key }
    // Already on the plan; no plan; the plan's invoice is unpaid.
    const refusals = ['BAD_USER_INPUT', 'SUBSCRIPTION_NOT_FOUND', 'INVALID_TRANSITION']
    const { data } = await this.#client.execute(token, CHANGE, { input }, refusals)
    const order = data?.changePlan.order
    if (!order) return
    if (order.status === 'ACTIVE') this.#activate(active, order)
    else pending.push({ id: order.id, planId, amount: data.changePlan.change.dueNow.minorUnits })
  }

  #activate(active, { id, invoice }) {
    this.#acknowledged.activations.add(rowId(id))
    if (invoice) active.push({ orderId: id, invoiceId: invoice.id })
  }

  #refundAll(customer, key) {
    return this.#refund(customer, key, {})
  }

  #refundPart(customer, key) {
    return this.#refund(customer, key, {
      amount: 50 + Math.floor(Math.random() * 200),
      endPlan: Math.random() < 0.3,
      to: pick(['ORIGINAL', 'BALANCE']),
    })
  }

  async #refund({ active, parts }, key, choice) {
    const input = { orderId: pick(active).orderId, reason: key, idempotencyKey: key, ...choice }
    const data = await this.#asAdministrator(REFUND, input, ['REFUND_NOT_ELIGIBLE', 'BAD_USER_INPUT'])
    if (!data) return
    const { id, amount, parts: refunded } = data.requestRefund.refund
    this.#acknowledged.manualRefunds.set(key, { id: rowId(id), amount: amount.minorUnits })
    parts.push(...refunded.filter(({ status }) => status === 'REQUESTED').map((part) => part.id))
  }

  /** A part of a payment of the sandbox is confirmed by the sandbox. */
  async #confirmRefund({ parts }, key) {
    const partId = take(parts)
    const data = await this.#asAdministrator(CONFIRM, { partId, reference: key, idempotencyKey: key }, [
      'INVALID_TRANSITION',
      'BAD_USER_INPUT',
    ])
    if (data) this.#acknowledged.payouts.set(rowId(partId), key)
  }

  async #grantCredit({ userId }, key) {
    const amount = 50 + Math.floor(Math.random() * 500)
    const expiresAt = Math.random() < 0.5 ? { expiresAt: new Date(Date.now() + CREDIT_LIFETIME_MS).toISOString() } : {}
    const input = { userId, amount: { minorUnits: amount, currency: 'USD' }, reason: key, idempotencyKey: key, ...expiresAt }
    const { grant } = (await this.#asAdministrator(GRANT, input)).grantCredit
    this.#acknowledged.grantedCredit.set(key, { id: rowId(grant.id), amount })
  }

  async #creditInvoice({ active }, key) {
    const input = { invoiceId: pick(active).invoiceId, amount: 40, reason: key, idempotencyKey: key }
    const data = await this.#asAdministrator(CREDIT, input, ['BAD_USER_INPUT'])
    if (data) this.#acknowledged.credits.set(data.creditInvoice.creditNote.number, data.creditInvoice.invoice.number)
  }

  /** Has no idempotency key: a repetition succeeds and finds nothing to cancel. */
  async #cancelPlan({ userId }, key) {
    await this.#asAdministrator(CANCEL, { userId, notes: key, creditUnused: Math.random() < 0.8 })
    this.#acknowledged.cancellations.add(key)
  }

  /** One that is paid later replaces the plan that the customer has then. */
  async #openCheckout({ token, checkouts }, key) {
    const path = await createCheckout(this.#client, token, key)
    if (path) checkouts.push(path)
  }

  #payCheckout({ checkouts }) {
    return payCheckout(this.#client, take(checkouts), this.#acknowledged)
  }

  /** @returns the data; undefined if it was refused */
  async #asAdministrator(query, input, refusals) {
    const { data } = await this.#client.execute(this.#administrator, query, { input }, refusals)
    return data ?? undefined
  }
}

function pick(list) {
  return list[Math.floor(Math.random() * list.length)]
}

/** Removes a random element, so that no other worker uses it. */
function take(list) {
  return list.splice(Math.floor(Math.random() * list.length), 1)[0]
}
