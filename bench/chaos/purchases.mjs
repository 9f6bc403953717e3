// Purchases at the payment provider, whose webhooks arrive twice and out of order.
import { setTimeout as sleep } from 'node:timers/promises'
import { event, payment, sign, subscription, wireTime } from '../../dist/chaos/lemon-squeezy.js'

const DAY_MS = 86_400_000
const POLL_INTERVAL_MS = 200
const CHANGE = 'mutation ($planId: ID!) { changePlan(input: { planId: $planId }) { subscription { plan { slug } } } }'
const REFUND = 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { status } } }'

/** Sends the events of a subscription with a renewal, each twice and the last two in the wrong order. */
export async function buyAndRenew(client, { id, userId }, ledger) {
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
  for (const body of [...bodies, ...bodies]) await sendWebhook(client, body, ledger)
  ledger.subscriptions.add(id)
}

/** Buys a plan, changes to a larger one, and refunds every second purchase. */
export async function changeAndRefund(client, { id, userId, token, plans, provider }, ledger) {
  const at = new Date(Date.now() - DAY_MS).toISOString()
  const custom = { user_id: userId }
  const bought = subscription(id, at, { user_email: `p${id}@example.com` })
  const paid = payment(id * 10 + 1, id, at, { billing_reason: 'initial' })
  provider.subscriptions.set(bought.id, bought)
  provider.payments.set(paid.id, paid)
  await sendWebhook(client, event('subscription_created', bought, custom), ledger)
  await sendWebhook(client, event('subscription_payment_success', paid, custom), ledger)
  const orderId = await waitForOrder(client, token)
  // Has no idempotency key: a repetition finds the customer on the new plan.
  await client.execute(token, CHANGE, { planId: plans.max }, ['BAD_USER_INPUT'])
  ledger.changes.add(userId)
  if (ledger.changes.size % 2 === 0) return
  await client.execute(token, REFUND, { input: { orderId, idempotencyKey: `refund-${orderId}` } })
  ledger.refunds.add(orderId)
}

async function sendWebhook(client, body, ledger) {
  await client.post('/webhooks/lemonsqueezy', { 'x-signature': sign(body) }, body)
  ledger.webhooks.add(body)
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
