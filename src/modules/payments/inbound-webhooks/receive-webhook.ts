import { createHash } from 'node:crypto'
import { BAD_REQUEST, DomainError, UNAUTHENTICATED } from '../../../core/errors.js'
import type { Services } from '../../services.js'
import { parseEnvelope, type WebhookEnvelope, type WebhookSource } from './webhook-event.schema.js'
import { webhookSecrets } from './webhook-secrets.js'
import { isSignedBy } from './webhook-signature.rules.js'

const MAX_JSON_DEPTH = 100
/** The escapes that JSON.stringify writes for characters that PostgreSQL's jsonb rejects. */
const JSONB_REJECTED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

const SENDERS: Record<WebhookSource, string> = { lemonsqueezy: 'Lemon Squeezy', escluse: 'Escluse' }

/**
 * Receives a webhook: checks its signature, then stores it and enqueues its processing in one statement. A
 * repeated delivery is stored once.
 * @throws UNAUTHENTICATED for a wrong signature, BAD_REQUEST for a body that is not an event of the source
 */
export async function receiveWebhook(services: Services, source: WebhookSource, body: Buffer, signature: unknown): Promise<void> {
  const secrets = webhookSecrets(services.config, source)
  if (!isSignedBy(body, signature, secrets)) throw new DomainError(UNAUTHENTICATED, 'The signature does not match the body')
  const { name, subject, json } = assertSource(parseEnvelope(parseBody(body)), source)
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

/** @throws BAD_REQUEST for an event that belongs to the route of another source */
function assertSource(envelope: WebhookEnvelope, source: WebhookSource): WebhookEnvelope {
  if (envelope.source === source) return envelope
  const advice = `send it to /webhooks/${envelope.source}, signed with the secret of that route`
  throw new DomainError(BAD_REQUEST, `This is an event of ${SENDERS[envelope.source]}; ${advice}`)
}

/** @throws BAD_REQUEST for a body that is not valid JSON or that the database cannot store */
function parseBody(body: Buffer): unknown {
  const text = body.toString('utf8')
  if (nestingDepth(text) > MAX_JSON_DEPTH) throw new DomainError(BAD_REQUEST, `The body is nested more than ${MAX_JSON_DEPTH} levels`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new DomainError(BAD_REQUEST, 'The body is not valid JSON')
  }
  if (JSONB_REJECTED.test(JSON.stringify(json)))
    throw new DomainError(BAD_REQUEST, 'The body contains U+0000 or an unpaired surrogate, which cannot be stored')
  return json
}

/** Counts the nesting before parsing, because unlimited recursion would overflow the stack. */
function nestingDepth(text: string): number {
  let [depth, maxDepth, inString] = [0, 0, false]
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (inString && character === '\\') at += 1
    else if (character === '"') inString = !inString
    else if (!inString && (character === '{' || character === '[')) {
      depth += 1
      if (depth > maxDepth) maxDepth = depth
    } else if (!inString && (character === '}' || character === ']')) depth -= 1
  }
  return maxDepth
}
