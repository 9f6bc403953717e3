import { createClient } from '@quittance/client'
import type { FetchFunction, GraphQLResponse, SubscribeFunction } from 'relay-runtime'
import { Environment, Network, Observable, RecordSource, Store } from 'relay-runtime'

export function createRelayEnvironment(url: string, getToken: () => string): Environment {
  const quittance = createClient({ url, token: getToken })

  const fetchData: FetchFunction = async ({ text }, variables) => {
    const data = await quittance.request<GraphQLResponse, object>(text ?? '', variables)
    return { data } as GraphQLResponse
  }

  const subscribe: SubscribeFunction = ({ text }, variables) =>
    Observable.create((sink) => {
      const controller = new AbortController()
      const forward = async () => {
        const events = quittance.subscribe<object, object>(text ?? '', variables, { signal: controller.signal })
        for await (const data of events) sink.next({ data } as GraphQLResponse)
        sink.complete()
      }
      forward().catch((error) => sink.error(error))
      return () => controller.abort()
    })

  return new Environment({ network: Network.create(fetchData, subscribe), store: new Store(new RecordSource()) })
}
