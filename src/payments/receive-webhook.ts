import { createHash } from 'node:crypto'
import { DomainError } from '../core/errors.js'
import type { Services } from '../services.js'
import { type Shape, shapeOf } from './webhook-shape.js'
import { isSignedBy } from './webhook-signature.rules.js'

/**
 * Takes in a webhook: checks whose it is, stores it and asks for its processing, in one statement. Nothing is done
 * with it before it is safe, and an event that comes again is not stored twice.
 * @throws UNAUTHENTICATED for a signature that is not ours, BAD_REQUEST for what is no event
 */
export async function receiveWebhook(services: Services, secrets: readonly string[], body: Buffer, signature: unknown): Promise<void> {
  if (!isSignedBy(body, signature, secrets)) throw new DomainError('UNAUTHENTICATED', 'The signature is not that of this body')
  const { source, name, subject, json } = shapeOf(parse(body))
  const hash = createHash('sha256').update(body).digest()
  const queue = subject === null ? null : `${source}:${subject}`
  await services.db.$executeRaw`
    WITH stored AS (
      INSERT INTO webhook_events (source, body_hash, name, subject, body, received_at)
      VALUES (${source}, ${hash}, ${name}, ${subject}, ${JSON.stringify(json)}::jsonb, ${services.clock.now()})
      ON CONFLICT (source, body_hash) DO NOTHING RETURNING id)
    SELECT graphile_worker.add_job('processWebhook', json_build_object('eventId', id::text), queue_name => ${queue}::text,
      job_key => 'processWebhook:' || id, max_attempts => 20) FROM stored`
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as Shape['json']
  } catch {
    throw new DomainError('BAD_REQUEST', 'The body is no JSON')
  }
}
