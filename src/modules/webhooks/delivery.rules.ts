import { randomBytes } from 'node:crypto'
import { DAY_MS, MINUTE_MS } from '../../core/duration.js'
import type { OutboxEvent } from '../../platform/postgres/generated/client.js'

const SECRET_PREFIX = 'whsec_'
const WEBHOOK_SECRET_BYTES = 32
const MIN_RETRY_DELAY_MS = 5000
const MAX_RETRY_DELAY_MS = 15 * MINUTE_MS
/** A delivery fails permanently after this time and this many attempts. It can be replayed. */
const MAX_RETRY_AGE_MS = 3 * DAY_MS
const MIN_ATTEMPTS = 8

export function newSecret(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(WEBHOOK_SECRET_BYTES))
}

/** Formats a secret as Standard Webhooks requires. */
export function showSecret(secret: Uint8Array): string {
  return SECRET_PREFIX + Buffer.from(secret).toString('base64')
}

/**
 * @param failures  number of failed attempts so far, at least 1
 * @returns the delay before the next attempt, in milliseconds
 */
export function retryDelay(failures: number, retryAfterSeconds = 0): number {
  const wait = MIN_RETRY_DELAY_MS * 2 ** Math.min(failures - 1, 20)
  return Math.min(MAX_RETRY_DELAY_MS, Math.max(wait, retryAfterSeconds * 1000))
}

/**
 * Also requires a minimum number of attempts, because an event may have waited long for a previous one of its
 * customer.
 */
export function isExhausted(createdAt: Date, attempts: number, at: Date): boolean {
  return attempts >= MIN_ATTEMPTS && at.getTime() - createdAt.getTime() >= MAX_RETRY_AGE_MS
}

type PublishedEvent = Pick<OutboxEvent, 'type' | 'holder' | 'createdAt'> & { payload: Readonly<Record<string, unknown>> }

/** The request body in the format of Standard Webhooks. Ids are strings, as in GraphQL. */
export function eventBody({ type, holder, payload, createdAt }: PublishedEvent): string {
  const fields = Object.entries(payload).map(([name, value]) => [
    name,
    name.endsWith('Id') && typeof value === 'number' ? String(value) : value,
  ])
  return JSON.stringify({ type, timestamp: createdAt.toISOString(), data: { ...customerFields(holder), ...Object.fromEntries(fields) } })
}

/** @param customer  such as "user:55" */
function customerFields(customer: string): object {
  const separator = customer.indexOf(':')
  return { [`${customer.slice(0, separator)}Id`]: customer.slice(separator + 1) }
}
