import type { IncomingHttpHeaders } from 'node:http'
import Negotiator from 'negotiator'

const JSON_TYPE = 'application/json'
const GRAPHQL_TYPE = 'application/graphql-response+json'
export const EVENT_STREAM = 'text/event-stream'

/**
 * The media type of a GraphQL response outside Apollo, chosen as Apollo does: JSON unless the client prefers
 * GraphQL's own type.
 */
export function graphqlResponseType(headers: IncomingHttpHeaders): string {
  const preferred = new Negotiator({ headers }).mediaType([JSON_TYPE, GRAPHQL_TYPE]) ?? JSON_TYPE
  return `${preferred}; charset=utf-8`
}

/** Whether a client accepts server-sent events, by name or by a wildcard. */
export function acceptsEventStream(headers: IncomingHttpHeaders): boolean {
  return new Negotiator({ headers }).mediaType([EVENT_STREAM]) !== undefined
}
