import { arrayOf, defineStatement, int, text, timestamp } from '../../platform/postgres/statement.js'
import { SELECT_ESCLUSE_DETAILS } from './escluse-format.js'

/** Writes events and their deliveries, in the order of the events. */
export const PUBLISH_EVENTS = defineStatement({
  parameters: {
    eventIds: arrayOf(text),
    eventTypes: arrayOf(text),
    eventHolders: arrayOf(text),
    eventPayloads: arrayOf(text),
    eventTimes: arrayOf(timestamp),
  },
  columns: { deliveries: int },
  with: {
    published_event: `
      INSERT INTO outbox_events (event_id, type, holder, payload, created_at, escluse_details)
      SELECT event_id::uuid, type, holder, payload::jsonb, created_at, escluse_details
      FROM unnest($eventIds, $eventTypes, $eventHolders, $eventPayloads, $eventTimes) WITH ORDINALITY
        AS new (event_id, type, holder, payload, created_at, position)
      LEFT JOIN LATERAL (${SELECT_ESCLUSE_DETAILS}) AS details ON true
      ORDER BY position RETURNING id, type, holder, created_at, escluse_details`,
    event_delivery: `
      INSERT INTO event_deliveries (endpoint_id, event_id, holder, created_at, next_attempt_at)
      SELECT endpoint.id, event.id, event.holder, event.created_at, event.created_at
      FROM published_event AS event, event_endpoints AS endpoint
      WHERE endpoint.deleted_at IS NULL AND (endpoint.types = '{}' OR event.type = ANY (endpoint.types))
        AND (endpoint.format <> 'ESCLUSE' OR event.escluse_details IS NOT NULL)
      ORDER BY event.id, endpoint.id RETURNING 1`,
  },
  sql: 'SELECT count(*)::int AS deliveries FROM event_delivery',
})
