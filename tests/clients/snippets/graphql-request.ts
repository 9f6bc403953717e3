import type { ErrorCode } from '@quittance/client'
import { OrdersDocument } from '@quittance/client/operations'
import { ClientError, GraphQLClient } from 'graphql-request'

export async function listOrders(url: string, token: string): Promise<string[] | ErrorCode> {
  const client = new GraphQLClient(`${url}/graphql`, { headers: { authorization: `Bearer ${token}` } })
  try {
    const { orders } = await client.request(OrdersDocument, { first: 10 })
    return orders.nodes.map(({ id, amount }) => `${id}: ${amount.formatted}`)
  } catch (error) {
    if (error instanceof ClientError) return error.response.errors?.[0]?.extensions.code as ErrorCode
    throw error
  }
}
