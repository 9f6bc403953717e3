import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { BAD_REQUEST, DomainError, UNAUTHENTICATED } from '../../../core/errors.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import type { WebhookSource } from '../payment-provider.port.js'
import { enqueueProcessing } from './provider-event.queries.js'

const MAX_JSON_DEPTH = 100
/** The escapes that JSON.stringify writes for characters that PostgreSQL's jsonb rejects. */
const JSONB_REJECTED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/**
 * Receives a webhook: checks its signature, then stores it and enqueues its processing. A repeated
 * delivery is stored once.
 * @throws UNAUTHENTICATED for a wrong signature, BAD_REQUEST for a body that is not an event of the source
 */
export async function receiveWebhook(
  { db, clock, providers }: Pick<Services, 'db' | 'clock' | 'providers'>,
  source: WebhookSource,
  headers: IncomingHttpHeaders,
  rawBody: Buffer,
): Promise<void> {
  if (!source.verify(headers, rawBody)) throw new DomainError(UNAUTHENTICATED, 'The signature does not match the body')
  const json = parseBody(rawBody)
  assertSource(json, source, providers.webhooks)
  const { name, subject, body } = source.readEnvelope(json)
  const hash = createHash('sha256').update(rawBody).digest()
  await runTransaction(db, async (tx) => {
    const stored = await tx.$queryRaw<{ id: bigint }[]>`
      INSERT INTO webhook_events (source, body_hash, name, subject, body, received_at)
      VALUES (${source.name}, ${hash}, ${name}, ${subject}, ${JSON.stringify(body)}::jsonb, ${clock.now()})
      ON CONFLICT (source, body_hash) DO NOTHING RETURNING id`
    for (const { id } of stored) await enqueueProcessing(tx, { id, source: source.name, subject })
  })
}

/** @throws BAD_REQUEST for an event that belongs to the route of another source, or to none */
function assertSource(json: unknown, source: WebhookSource, sources: readonly WebhookSource[]): void {
  const markers = [...new Set(sources.map(({ marker }) => marker))]
  const [marker, ...others] = markers.filter((each) => typeof json === 'object' && json !== null && each in json)
  if (marker === undefined || others.length > 0) {
    const choice = markers.map((each) => `"${each}"`).join(' or ')
    throw new DomainError(BAD_REQUEST, `An event must have either ${choice} at its top level`)
  }
  const sender = sources.find((each) => each.marker === marker)
  if (!sender || marker === source.marker) return
  const advice = `send it to ${sender.path}, signed with the secret of that route`
  throw new DomainError(BAD_REQUEST, `This is an event of ${sender.title}; ${advice}`)
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
