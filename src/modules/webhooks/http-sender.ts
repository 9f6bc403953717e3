import type { Agent } from 'undici'
import type { Config } from '../../config/config.js'
import { createSafeLookup, isBlockedIpLiteral } from './ssrf-guard.js'

const RESPONSE_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 5000
const MAX_RESPONSE_BYTES = 2048
const KEEP_ALIVE_MS = 4000

export interface SendResult {
  /** Null when there was none. */
  status: number | null
  /** The beginning of what was answered, or why there was no answer. */
  response: string
  retryAfterSeconds: number
}

export interface WebhookSender {
  send(url: string, headers: Record<string, string>, body: string): Promise<SendResult>
  close(): Promise<void>
}

/** Sends events over HTTP: without following redirects, and with bounds on time and on what is read of the answer. */
export async function createWebhookSender(config: Config, patienceMs = RESPONSE_TIMEOUT_MS): Promise<WebhookSender> {
  const { Agent, request } = await import('undici')
  const agent = new Agent({
    connect: { lookup: createSafeLookup(config), timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
  })
  return {
    async send(url, headers, body) {
      if (isBlockedIpLiteral(config, new URL(url)))
        return { status: null, response: 'the host is one of a private network', retryAfterSeconds: 0 }
      try {
        return await postMessage(request, agent, url, { headers, body, signal: AbortSignal.timeout(patienceMs) })
      } catch (error) {
        return { status: null, response: describeFailure(error as Error, patienceMs), retryAfterSeconds: 0 }
      }
    },
    close: () => agent.destroy(),
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
  return { status: statusCode, response: printable(response), retryAfterSeconds: Number(headers['retry-after']) || 0 }
}

function describeFailure({ name, message, cause }: Error, patienceMs: number): string {
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${patienceMs / 1000} seconds`
  return printable((cause as Error | undefined)?.message ?? message) || 'the connection failed'
}

/** What PostgreSQL can store and a person can read. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n\r\t]/gu, '\ufffd')
}
