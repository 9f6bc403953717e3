import pg from 'pg'
import { MINUTE_MS } from '../../core/duration.js'
import type { Logger } from '../../core/logger.js'
import type { Services } from '../services.js'
import { deliverDueEvents } from './deliver.js'
import { createWebhookSender, type WebhookSender } from './http-sender.js'

const DELIVERY_POLL_INTERVAL_MS = 2000
const MIN_BACKOFF_MS = 5000
const MAX_BACKOFF_MS = MINUTE_MS
/** First key of the advisory locks of endpoints. */
const LOCK_CLASS = 7_845_109

/** State of an endpoint in this process. */
interface EndpointState {
  running: boolean
  /** Number of consecutive rounds in which the endpoint was down. */
  consecutiveFailures: number
  /** Milliseconds. */
  backoffUntil: number
}

/**
 * Delivers the events of each endpoint independently, so that a slow or unavailable endpoint does not delay
 * others. An advisory lock ensures that one process at a time serves an endpoint. PostgreSQL releases it when
 * the connection ends.
 */
export class WebhookDispatcher {
  readonly #services: Pick<Services, 'clock' | 'config' | 'db'>
  readonly #connection: pg.ClientConfig
  readonly #log: Logger
  readonly #stop = new AbortController()
  readonly #endpoints = new Map<number, EndpointState>()
  readonly #rounds = new Set<Promise<void>>()
  #polling: Promise<void> | undefined
  #pollAgain = false
  #timer: NodeJS.Timeout | undefined
  #locks: pg.Client | undefined
  /** The last statement on the connection of the locks: pg deprecates a second one before the first has ended. */
  #lockStatement: Promise<unknown> = Promise.resolve()
  #sender: WebhookSender | undefined

  constructor(services: Pick<Services, 'clock' | 'config' | 'db'>, connection: pg.ClientConfig, log: Logger) {
    this.#services = services
    this.#connection = connection
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => this.poll(), DELIVERY_POLL_INTERVAL_MS).unref()
    this.poll()
  }

  /** Starts the delivery of due events. Called at an interval and as soon as an event is published. */
  poll(): void {
    this.#pollAgain = true
    this.#polling ??= this.#drain().finally(() => {
      this.#polling = undefined
    })
  }

  /** Resolves when all running requests have ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stop.abort()
    await this.#polling
    await Promise.all(this.#rounds)
    await this.#locks?.end().catch(() => undefined)
    await this.#sender?.close()
  }

  async #drain(): Promise<void> {
    while (this.#pollAgain && !this.#stop.signal.aborted) {
      this.#pollAgain = false
      await this.#pollOnce().catch((error: Error) => this.#log.warn({ reason: error.message }, 'failed to poll for due deliveries'))
    }
  }

  async #pollOnce(): Promise<void> {
    const endpoints = await this.#services.db.$queryRaw<{ id: number }[]>`
      SELECT id FROM event_endpoints AS endpoint WHERE deleted_at IS NULL AND is_enabled AND EXISTS (
        SELECT FROM event_deliveries WHERE endpoint_id = endpoint.id AND status = 'PENDING' AND next_attempt_at <= ${this.#services.clock.now()})`
    for (const { id } of endpoints) {
      const state = this.#endpoints.get(id) ?? { running: false, consecutiveFailures: 0, backoffUntil: 0 }
      this.#endpoints.set(id, state)
      if (state.running || Date.now() < state.backoffUntil || !(await this.#lock(id))) continue
      state.running = true
      const round = this.#round(id, state).finally(() => {
        state.running = false
        this.#rounds.delete(round)
        this.poll()
      })
      this.#rounds.add(round)
    }
  }

  async #round(endpointId: number, state: EndpointState): Promise<void> {
    try {
      this.#sender ??= await createWebhookSender(this.#services.config)
      const round = { sender: this.#sender, endpointId, wasDown: state.consecutiveFailures > 0, stop: this.#stop.signal }
      const isDown = (await deliverDueEvents(this.#services, round)) === 'down'
      state.consecutiveFailures = isDown ? state.consecutiveFailures + 1 : 0
      const backoff = isDown ? Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** (state.consecutiveFailures - 1)) : 0
      state.backoffUntil = Date.now() + backoff
    } catch (error) {
      state.backoffUntil = Date.now() + MIN_BACKOFF_MS
      this.#log.warn({ reason: (error as Error).message, endpointId }, 'failed to deliver events')
    } finally {
      await this.#unlock(endpointId)
    }
  }

  async #lock(endpointId: number): Promise<boolean> {
    const client = await this.#lockConnection()
    const rows = await this.#queryInTurn(client, 'SELECT pg_try_advisory_lock($1, $2) AS acquired', endpointId)
    return rows[0]?.acquired === true
  }

  async #unlock(endpointId: number): Promise<void> {
    const client = this.#locks
    if (client) await this.#queryInTurn(client, 'SELECT pg_advisory_unlock($1, $2)', endpointId).catch(() => undefined)
  }

  async #queryInTurn(client: pg.Client, statement: string, endpointId: number): Promise<{ acquired?: boolean }[]> {
    const query = this.#lockStatement.then(() => client.query<{ acquired?: boolean }>(statement, [LOCK_CLASS, endpointId]))
    this.#lockStatement = query.catch(() => undefined)
    return (await query).rows
  }

  async #lockConnection(): Promise<pg.Client> {
    if (this.#locks) return this.#locks
    const client = new pg.Client({ ...this.#connection, application_name: 'quittance events' })
    client.on('error', (error) => {
      this.#locks = undefined
      this.#log.warn({ reason: error.message }, 'lost the database connection that holds the locks of webhook endpoints')
    })
    await client.connect()
    this.#locks = client
    return client
  }
}
