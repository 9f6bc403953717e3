import type { Answer, TestServer } from './server.js'

/** Requests that many tests send. `who` is the id of a user, or 'admin'. */
const ORDER = 'id status planId amount { minorUnits } invoice { number } invoicePdfUrl notes expiresAt cancelledAt'

export function placeOrder(server: TestServer, who: number | 'admin', input: object): Promise<Answer> {
  return server.ask(who, `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${ORDER} } } }`, { input })
}

export function applyPlan(server: TestServer, input: object): Promise<Answer> {
  return server.ask('admin', `mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success order { ${ORDER} } } }`, { input })
}

export function cancelPlan(server: TestServer, input: object): Promise<Answer> {
  return server.ask(
    'admin',
    `mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success cancelledOrders { id status } } }`,
    { input },
  )
}

export function cancelOrder(server: TestServer, who: number | 'admin', id: string): Promise<Answer> {
  return server.ask(who, `mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { ${ORDER} } } }`, { id })
}

/** The code of the first error, or 'none'. */
export function codeOf({ errors }: Answer): string {
  return errors?.[0]?.extensions.code ?? 'none'
}
