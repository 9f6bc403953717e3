import { Webhook } from 'standardwebhooks'
import type { Agent } from 'undici'
import type { Config } from '../../config/config.js'
import { createSafeLookup, isBlockedIpLiteral } from './ssrf-guard.js'

export const RESPONSE_TIMEOUT_MS = 10_000
const WEBHOOK_CONNECT_TIMEOUT_MS = 5000
const MAX_RESPONSE_BYTES = 2048
const WEBHOOK_KEEP_ALIVE_TIMEOUT_MS = 4000

export interface SendResult {
  /** Null if the endpoint did not respond. */
  status: number | null
  /** The beginning of the response body, or why the endpoint did not respond. */
  response: string
  retryAfterSeconds: number
  /** Whether the event cannot be written in the format of the endpoint, so that nothing was sent and no attempt can succeed. */
  isUnsendable?: boolean
}

export interface WebhookSender {
  send(url: string, headers: Record<string, string>, body: string): Promise<SendResult>
  close(): Promise<void>
}

/** Sends events over HTTP. Does not follow redirects, and limits the time and the size of the response. */
export async function createWebhookSender(config: Config, timeoutMs = RESPONSE_TIMEOUT_MS): Promise<WebhookSender> {
  const { Agent, request } = await import('undici')
  const agent = new Agent({
    connect: { lookup: createSafeLookup(config), timeout: WEBHOOK_CONNECT_TIMEOUT_MS },
    keepAliveTimeout: WEBHOOK_KEEP_ALIVE_TIMEOUT_MS,
  })
  return {
    async send(url, headers, body) {
      if (isBlockedIpLiteral(config, new URL(url)))
        return { status: null, response: 'the host is in a private network', retryAfterSeconds: 0 }
      try {
        return await postMessage(request, agent, url, { headers, body, signal: AbortSignal.timeout(timeoutMs) })
      } catch (error) {
        return { status: null, response: describeFailure(error as Error, timeoutMs), retryAfterSeconds: 0 }
      }
    },
    close: () => agent.destroy(),
  }
}

/** Loads the HTTP client for the first event. */
export function createLazyWebhookSender(config: Config): WebhookSender {
  let created: Promise<WebhookSender> | undefined
  return {
    async send(url, headers, body) {
      created ??= createWebhookSender(config)
      return (await created).send(url, headers, body)
    },
    close: async () => (await created)?.close(),
  }
}

/**
 * The headers of Standard Webhooks, with one signature per secret, so that a receiver may still use the
 * previous one.
 * @param sentAt  the real time, because receivers reject old messages
 */
export function signedHeaders(eventId: string, body: string, secrets: readonly Uint8Array[], sentAt: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret, { format: 'raw' }).sign(eventId, sentAt, body)).join(' '),
  }
}

type WebhookRequest = typeof import('undici')['request']

interface WebhookMessage {
  headers: Record<string, string>
  body: string
  signal: AbortSignal
}

async function postMessage(request: WebhookRequest, dispatcher: Agent, url: string, message: WebhookMessage): Promise<SendResult> {
  const { statusCode, headers, body } = await request(url, { ...message, method: 'POST', dispatcher })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= MAX_RESPONSE_BYTES) break
  }
  const response = Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8')
  return { status: statusCode, response: replaceControlCharacters(response), retryAfterSeconds: Number(headers['retry-after']) || 0 }
}

function describeFailure({ name, message, cause }: Error, timeoutMs: number): string {
  if (name === 'TimeoutError' || name === 'AbortError') return `no response within ${timeoutMs / 1000} seconds`
  return replaceControlCharacters((cause as Error | undefined)?.message ?? message) || 'the connection failed'
}

/** Replaces characters that PostgreSQL cannot store or that cannot be displayed. */
function replaceControlCharacters(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n\r\t]/gu, '\ufffd')
}
