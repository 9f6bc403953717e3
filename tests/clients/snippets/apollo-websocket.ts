import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { createClient } from 'graphql-ws'

/** Subscriptions over WebSocket, in place of `eventStreamLink`. */
export function webSocketLink(url: string, getToken: () => string): GraphQLWsLink {
  const connectionParams = () => ({ authorization: `Bearer ${getToken()}` })
  return new GraphQLWsLink(createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, connectionParams }))
}
