// Purchases at payment providers. The webhooks of Lemon Squeezy arrive twice and out of order.
import { setTimeout as sleep } from 'node:timers/promises'
import { event, payment, sign, subscription, wireTime } from '../../dist/chaos/lemon-squeezy.js'
import { rowId } from './acknowledged.mjs'

const DAY_MS = 86_400_000
const POLL_INTERVAL_MS = 200
const CHANGE = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { subscription { plan { slug } } } }'
const CHECKOUT = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
const REFUND = 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { status } } }'

/** Sends the events of a subscription with a renewal, each twice and the last two in the wrong order. */
export async function buyAndRenew(client, { id, userId }, acknowledged) {
  const at = (month) => `2040-0${month}-05T10:00:00.000Z`
  const state = (month) =>
    subscription(id, at(1), { updated_at: wireTime(at(month)), renews_at: wireTime(at(month + 1)), user_email: `p${id}@example.com` })
  const paid = (number, month) => payment(id * 10 + number, id, at(month), { billing_reason: number === 1 ? 'initial' : 'renewal' })
  const custom = { user_id: userId }
  const bodies = [
    event('subscription_created', state(1), custom),
    event('subscription_payment_success', paid(1, 1), custom),
    event('subscription_payment_success', paid(2, 2), custom),
    event('subscription_updated', state(2), custom),
  ]
  for (const body of [...bodies, ...bodies]) await sendWebhook(client, body, acknowledged)
  acknowledged.subscriptions.add(id)
}

/** Buys a plan, changes to a larger one, and refunds every second purchase. */
export async function changeAndRefund(client, { id, userId, token, plans, provider }, acknowledged) {
  const at = new Date(Date.now() - DAY_MS).toISOString()
  const custom = { user_id: userId }
  const bought = subscription(id, at, { user_email: `p${id}@example.com` })
  const paid = payment(id * 10 + 1, id, at, { billing_reason: 'initial' })
  provider.subscriptions.set(bought.id, bought)
  provider.payments.set(paid.id, paid)
  await sendWebhook(client, event('subscription_created', bought, custom), acknowledged)
  await sendWebhook(client, event('subscription_payment_success', paid, custom), acknowledged)
  await changePlan(client, { userId, token, plans }, acknowledged)
}

/** The same in the sandbox: creates a checkout and pays it twice. */
export async function checkOutAndChange(client, { userId, token, plans }, acknowledged) {
  await payCheckout(client, await createCheckout(client, token, `checkout-${userId}`), acknowledged)
  await changePlan(client, { userId, token, plans }, acknowledged)
}

/** @returns the path of the page; undefined if the customer has a paid plan */
export async function createCheckout(client, token, idempotencyKey) {
  const { origin } = client
  const input = { plan: 'pro', successUrl: origin, cancelUrl: origin, idempotencyKey }
  const { data } = await client.execute(token, CHECKOUT, { input }, ['ALREADY_SUBSCRIBED'])
  return data && new URL(data.createCheckout.checkoutUrl).pathname
}

export async function payCheckout(client, path, acknowledged) {
  await client.submit(`${path}/pay`)
  acknowledged.checkouts.add(path.split('/').at(-1))
  await client.submit(`${path}/pay`)
}

/** Changes to the larger plan and refunds every second purchase. */
async function changePlan(client, { userId, token, plans }, acknowledged) {
  const orderId = await waitForOrder(client, token)
  await client.execute(token, CHANGE, { input: { planId: plans.max, idempotencyKey: `change-${userId}` } })
  acknowledged.changes.add(userId)
  if (acknowledged.changes.size % 2 === 0) return
  await client.execute(token, REFUND, { input: { orderId, idempotencyKey: `refund-${orderId}` } })
  acknowledged.refunds.add(rowId(orderId))
}

async function sendWebhook(client, body, acknowledged) {
  await client.post('/webhooks/lemonsqueezy', { 'x-signature': sign(body) }, body)
  acknowledged.webhooks.add(body)
}

/** Webhooks are processed after they have been acknowledged. */
async function waitForOrder(client, token) {
  for (;;) {
    const { data } = await client.execute(token, '{ orders(first: 1) { nodes { id status } } }')
    const [order] = data.orders.nodes
    if (order?.status === 'ACTIVE') return order.id
    await sleep(POLL_INTERVAL_MS)
  }
}
