import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { createClient } from '@quittance/client'
import { possibleTypes, typePolicies } from '@quittance/client/apollo'
import { OperationTypeNode, print } from 'graphql'

export function createApolloClient(url: string, getToken: () => string): ApolloClient {
  const http = new HttpLink({ uri: `${url}/graphql` })
  const authorization = new SetContextLink(() => ({ headers: { authorization: `Bearer ${getToken()}` } }))
  return new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(isSubscription, eventStreamLink(url, getToken), authorization.concat(http)),
  })
}

export function isSubscription({ operationType }: ApolloLink.Operation): boolean {
  return operationType === OperationTypeNode.SUBSCRIPTION
}

/** Subscriptions over server-sent events. */
function eventStreamLink(url: string, getToken: () => string): ApolloLink {
  const quittance = createClient({ url, token: getToken })
  return new ApolloLink(
    ({ query, variables }) =>
      new Observable((observer) => {
        const controller = new AbortController()
        const forward = async () => {
          const options = { signal: controller.signal }
          const events = quittance.subscribe<Record<string, unknown>, object>(print(query), variables, options)
          for await (const data of events) observer.next({ data })
          observer.complete()
        }
        forward().catch((error) => observer.error(error))
        return () => controller.abort()
      }),
  )
}
