import { createClient, type QuittanceClient, QuittanceError } from '@quittance/client'
import { OrdersDocument, OrderUpdatedDocument, PlaceOrderDocument, PlansDocument } from '@quittance/client/operations'

export function connect(url: string, getToken: () => string): QuittanceClient {
  return createClient({ url, token: getToken })
}

export async function orderPlan(quittance: QuittanceClient, slug: string): Promise<string> {
  const { plans } = await quittance.request(PlansDocument)
  const plan = plans.find((each) => each.slug === slug)
  if (!plan) return `Choose one of ${plans.map(({ name }) => name).join(', ')}`
  try {
    const input = { planId: plan.id, idempotencyKey: crypto.randomUUID() }
    const { placeOrder } = await quittance.request(PlaceOrderDocument, { input })
    return `${plan.name} costs ${placeOrder.order.amount.formatted}`
  } catch (error) {
    if (error instanceof QuittanceError && error.code === 'UNAUTHENTICATED') return 'Sign in first'
    throw error
  }
}

/** Shows the orders and every change, until the signal is aborted. */
export async function watchOrders(quittance: QuittanceClient, signal: AbortSignal, show: (id: string, status: string) => void) {
  // Changes while the connection is lost are not sent again.
  const onConnected = async () => {
    const { orders } = await quittance.request(OrdersDocument)
    for (const { id, status } of orders.nodes) show(id, status)
  }
  for await (const { orderUpdated } of quittance.subscribe(OrderUpdatedDocument, {}, { signal, onConnected })) {
    show(orderUpdated.id, orderUpdated.status)
  }
}
