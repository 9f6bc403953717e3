import { createHmac, randomBytes } from 'node:crypto'
import { DAY_MS, MINUTE_MS } from '../../core/duration.js'

const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = 32
const MIN_RETRY_DELAY_MS = 5000
const MAX_RETRY_DELAY_MS = 15 * MINUTE_MS
/** What could not be delivered for so long, and so often, is given up, and can be replayed. */
const MAX_RETRY_AGE_MS = 3 * DAY_MS
const MIN_ATTEMPTS = 8

export function newSecret(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(SECRET_BYTES))
}

/** How Standard Webhooks writes a secret. */
export function showSecret(secret: Uint8Array): string {
  return SECRET_PREFIX + Buffer.from(secret).toString('base64')
}

/** @param failures  attempts that have failed so far, 1 and more @returns how long to wait for the next, milliseconds */
export function retryDelay(failures: number, retryAfterSeconds = 0): number {
  const wait = MIN_RETRY_DELAY_MS * 2 ** Math.min(failures - 1, 20)
  return Math.min(MAX_RETRY_DELAY_MS, Math.max(wait, retryAfterSeconds * 1000))
}

/** Often enough as well: what has waited long behind another one has its own attempts. */
export function isExhausted(createdAt: Date, attempts: number, at: Date): boolean {
  return attempts >= MIN_ATTEMPTS && at.getTime() - createdAt.getTime() >= MAX_RETRY_AGE_MS
}

export interface OutboxRow {
  /** The same for every attempt, so that a receiver can tell what it has had. */
  readonly eventId: string
  readonly type: string
  /** "user:55" */
  readonly holder: string
  readonly payload: unknown
  readonly createdAt: Date
}

/** The body as Standard Webhooks has it; ids are strings, as in GraphQL. */
export function eventBody({ type, holder, payload, createdAt }: OutboxRow): string {
  const facts = Object.entries(payload as object).map(([name, value]) => [
    name,
    name.endsWith('Id') && typeof value === 'number' ? String(value) : value,
  ])
  return JSON.stringify({ type, timestamp: createdAt.toISOString(), data: { ...customerFields(holder), ...Object.fromEntries(facts) } })
}

function customerFields(holder: string): object {
  const [kind, id] = holder.split(':')
  return { [`${kind}Id`]: id }
}

/**
 * The headers of Standard Webhooks: a signature by every secret, so that a receiver may still have the old one.
 * @param sentAt  the real time: receivers refuse what is too old
 */
export function signedHeaders(eventId: string, body: string, secrets: readonly Uint8Array[], sentAt: Date): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000))
  const sign = (secret: Uint8Array) => `v1,${createHmac('sha256', secret).update(`${eventId}.${timestamp}.${body}`).digest('base64')}`
  return {
    'content-type': 'application/json',
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(sign).join(' '),
  }
}
