import type { Agent } from 'undici'
import type { Config } from '../../config/config.js'
import { guardedLookup, isRefusedLiteral } from './ssrf-guard.js'

const PATIENCE_MS = 10_000
const CONNECT_PATIENCE_MS = 5000
const MAX_RESPONSE_BYTES = 2048
const KEEP_ALIVE_MS = 4000

export interface Answer {
  /** Null when there was none. */
  status: number | null
  /** The beginning of what was answered, or why there was no answer. */
  response: string
  retryAfterSeconds: number
}

export interface EventSender {
  send(url: string, headers: Record<string, string>, body: string): Promise<Answer>
  close(): Promise<void>
}

/** Sends events over HTTP: without following redirects, and with bounds on time and on what is read of the answer. */
export async function createEventSender(config: Config, patienceMs = PATIENCE_MS): Promise<EventSender> {
  const { Agent, request } = await import('undici')
  const agent = new Agent({
    connect: { lookup: guardedLookup(config), timeout: CONNECT_PATIENCE_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
  })
  return {
    async send(url, headers, body) {
      if (isRefusedLiteral(config, new URL(url)))
        return { status: null, response: 'the host is one of a private network', retryAfterSeconds: 0 }
      try {
        return await post(request, agent, url, { headers, body, signal: AbortSignal.timeout(patienceMs) })
      } catch (error) {
        return { status: null, response: reasonOf(error as Error, patienceMs), retryAfterSeconds: 0 }
      }
    },
    close: () => agent.destroy(),
  }
}

type Request = typeof import('undici')['request']

interface Message {
  headers: Record<string, string>
  body: string
  signal: AbortSignal
}

async function post(request: Request, dispatcher: Agent, url: string, message: Message): Promise<Answer> {
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

function reasonOf({ name, message, cause }: Error, patienceMs: number): string {
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${patienceMs / 1000} seconds`
  return printable((cause as Error | undefined)?.message ?? message) || 'the connection failed'
}

/** What PostgreSQL can store and a person can read. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n\r\t]/gu, '\ufffd')
}
