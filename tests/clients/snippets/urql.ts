import { createClient } from '@quittance/client'
import { keys } from '@quittance/client/urql'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import type { IntrospectionQuery } from 'graphql'

/** @param schema  what `introspectionFromSchema` returns for @quittance/client/dist/schema.graphql */
export function createUrqlClient(url: string, getToken: () => string, schema: IntrospectionQuery): Client {
  const quittance = createClient({ url, token: getToken })
  return new Client({
    url: `${url}/graphql`,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${getToken()}` } }),
    exchanges: [
      cacheExchange({
        schema,
        keys,
        updates: {
          Mutation: {
            // Objects in results are updated by their ids. A list that gets a new entry must be read again.
            placeOrder: (_result, _variables, cache) => {
              for (const { fieldName, arguments: variables } of cache.inspectFields('Query')) {
                if (fieldName === 'orders') cache.invalidate('Query', fieldName, variables)
              }
            },
          },
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => {
            const controller = new AbortController()
            const forward = async () => {
              const options = { signal: controller.signal }
              for await (const data of quittance.subscribe<Record<string, unknown>, object>(query, variables ?? {}, options))
                sink.next({ data })
              sink.complete()
            }
            forward().catch((error) => sink.error(error))
            return { unsubscribe: () => controller.abort() }
          },
        }),
      }),
    ],
  })
}
