import { createHash } from 'node:crypto'
import { DomainError } from '../core/errors.js'
import type { Services } from '../services.js'
import { shapeOf } from './webhook-shape.js'
import { isSignedBy } from './webhook-signature.rules.js'

const DEEPEST = 100
/** The escapes that JSON.stringify writes for what PostgreSQL's jsonb refuses. */
const NOT_IN_JSONB = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

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

/** @throws BAD_REQUEST for what is no JSON, or none that the database can keep */
function parse(body: Buffer): unknown {
  const text = body.toString('utf8')
  if (depthOf(text) > DEEPEST) throw new DomainError('BAD_REQUEST', `The body is nested deeper than ${DEEPEST}`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new DomainError('BAD_REQUEST', 'The body is no JSON')
  }
  if (NOT_IN_JSONB.test(JSON.stringify(json))) throw new DomainError('BAD_REQUEST', 'The body contains U+0000 or half of a surrogate pair')
  return json
}

/** Counted before it is parsed: what is nested without end takes the stack with it. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false]
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (inString && character === '\\') at += 1
    else if (character === '"') inString = !inString
    else if (!inString && (character === '{' || character === '[')) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (!inString && (character === '}' || character === ']')) depth -= 1
  }
  return deepest
}
