import { createClient, type ErrorCode, QuittanceError } from '@quittance/client'
import { possibleTypes, typePolicies } from '@quittance/client/apollo'
import { OrdersDocument, type OrdersQuery, PlaceOrderDocument } from '@quittance/client/operations'
import { keys } from '@quittance/client/urql'
import { verifyWebhook, type WebhookEvent } from '@quittance/client/webhooks'

const quittance = createClient({ url: 'http://127.0.0.1:1', retries: 0 })

export async function orders(): Promise<OrdersQuery['orders']['nodes']> {
  // @ts-expect-error: the argument is a number
  await quittance.request(OrdersDocument, { first: 'ten' }).catch(() => undefined)
  // @ts-expect-error: the variables are required
  await quittance.request(PlaceOrderDocument).catch(() => undefined)
  const { orders } = await quittance.request(OrdersDocument)
  return orders.nodes
}

export function isSignedOut(error: unknown): boolean {
  const code: ErrorCode = 'UNAUTHENTICATED'
  // @ts-expect-error: there is no such code
  if (error instanceof QuittanceError && error.code === 'SIGNED_OUT') return false
  return error instanceof QuittanceError && error.code === code
}

export function describe(event: WebhookEvent): string {
  return event.type === 'limits.changed' ? `${event.data.limits.serverLimit} servers` : event.type
}

export const exported = { possibleTypes, typePolicies, keys, verifyWebhook }
