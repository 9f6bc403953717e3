import type { TestServer } from './server.js'

/** Buys a plan in the sandbox. @returns the id of the order */
export async function buyInSandbox(server: TestServer, user: number, plan: string, button: 'pay' | 'pay-once' = 'pay'): Promise<string> {
  const input = { plan, successUrl: server.url, cancelUrl: server.url }
  const create = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
  const { data, errors } = await server.ask(user, create, { input })
  if (errors) throw new Error(JSON.stringify(errors))
  await fetch(`${data.createCheckout.checkoutUrl}/${button}`, { method: 'POST', redirect: 'manual' })
  await server.settle()
  return (await server.ask(user, '{ orders { nodes { id } } }')).data.orders.nodes[0].id
}
