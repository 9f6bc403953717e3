import pg from 'pg'
import { MINUTE_MS } from '../../core/duration.js'
import type { Logger } from '../../core/logger.js'
import type { Services } from '../services.js'
import { deliverDueEvents } from './deliver.js'
import { createWebhookSender, type WebhookSender } from './http-sender.js'

const POLL_INTERVAL_MS = 2000
const MIN_BACKOFF_MS = 5000
const MAX_BACKOFF_MS = MINUTE_MS
/** Locks of endpoints, apart from other advisory locks. */
const LOCK_CLASS = 7_845_109

/** What is known of an endpoint by this process. */
interface EndpointState {
  running: boolean
  roundsDown: number
  pausedUntil: number
}

/**
 * Sends events out, each endpoint in a course of its own, so that one that is dead or slow is nobody else's business.
 * A lock in the database sees to it that one process at a time serves an endpoint; it ends with its connection.
 */
export class WebhookDispatcher {
  readonly #services: Services
  readonly #connection: pg.ClientConfig
  readonly #log: Logger
  readonly #stop = new AbortController()
  readonly #courses = new Map<number, EndpointState>()
  readonly #rounds = new Set<Promise<void>>()
  #looking: Promise<void> | undefined
  #lookAgain = false
  #timer: NodeJS.Timeout | undefined
  #locks: pg.Client | undefined
  #sender: WebhookSender | undefined

  constructor(services: Services, connection: pg.ClientConfig, log: Logger) {
    this.#services = services
    this.#connection = connection
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => this.poll(), POLL_INTERVAL_MS).unref()
    this.poll()
  }

  /** Looks whether something is due. Called as soon as there is something. */
  poll(): void {
    this.#lookAgain = true
    this.#looking ??= this.#lookUntilSeen().finally(() => {
      this.#looking = undefined
    })
  }

  /** Ends when what is on its way has been answered, or given up. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stop.abort()
    await this.#looking
    await Promise.all(this.#rounds)
    await this.#locks?.end().catch(() => undefined)
    await this.#sender?.close()
  }

  async #lookUntilSeen(): Promise<void> {
    while (this.#lookAgain && !this.#stop.signal.aborted) {
      this.#lookAgain = false
      await this.#lookOnce().catch((error: Error) => this.#log.warn({ reason: error.message }, 'events could not be looked for'))
    }
  }

  async #lookOnce(): Promise<void> {
    const waiting = await this.#services.db.$queryRaw<{ id: number }[]>`
      SELECT id FROM event_endpoints AS endpoint WHERE deleted_at IS NULL AND is_enabled AND EXISTS (
        SELECT FROM event_deliveries WHERE endpoint_id = endpoint.id AND status = 'PENDING' AND next_attempt_at <= ${this.#services.clock.now()})`
    for (const { id } of waiting) {
      const course = this.#courses.get(id) ?? { running: false, roundsDown: 0, pausedUntil: 0 }
      this.#courses.set(id, course)
      if (course.running || Date.now() < course.pausedUntil || !(await this.#lock(id))) continue
      course.running = true
      const round = this.#round(id, course).finally(() => {
        course.running = false
        this.#rounds.delete(round)
        this.poll()
      })
      this.#rounds.add(round)
    }
  }

  async #round(endpointId: number, course: EndpointState): Promise<void> {
    try {
      this.#sender ??= await createWebhookSender(this.#services.config)
      const round = { sender: this.#sender, endpointId, wasDown: course.roundsDown > 0, stop: this.#stop.signal }
      const isDown = (await deliverDueEvents(this.#services, round)) === 'down'
      course.roundsDown = isDown ? course.roundsDown + 1 : 0
      const pause = isDown ? Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** (course.roundsDown - 1)) : 0
      course.pausedUntil = Date.now() + pause
    } catch (error) {
      course.pausedUntil = Date.now() + MIN_BACKOFF_MS
      this.#log.warn({ reason: (error as Error).message, endpointId }, 'events could not be sent')
    } finally {
      await this.#unlock(endpointId)
    }
  }

  async #lock(endpointId: number): Promise<boolean> {
    const client = await this.#lockConnection()
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1, $2) AS taken', [LOCK_CLASS, endpointId])
    return rows[0].taken
  }

  async #unlock(endpointId: number): Promise<void> {
    await this.#locks?.query('SELECT pg_advisory_unlock($1, $2)', [LOCK_CLASS, endpointId]).catch(() => undefined)
  }

  async #lockConnection(): Promise<pg.Client> {
    if (this.#locks) return this.#locks
    const client = new pg.Client({ ...this.#connection, application_name: 'quittance events' })
    client.on('error', (error) => {
      this.#locks = undefined
      this.#log.warn({ reason: error.message }, 'the database connection of the events broke')
    })
    await client.connect()
    this.#locks = client
    return client
  }
}
