import pg from 'pg'
import type { Logger } from '../../core/logger.js'

const CHANNEL = 'quittance'
const RECONNECT_DELAY_MS = 1000
/** A connection that the network has lost says nothing by itself. */
const HEARTBEAT_INTERVAL_MS = 15_000
const HEARTBEAT_TIMEOUT_MS = 5000

/** As the triggers of the database write it: of an order or of what somebody may use, and whose; or that events wait to be sent, or that the catalogue has changed. */
export interface DatabaseNotification {
  order?: number
  limits?: boolean
  deliveries?: boolean
  plans?: boolean
  /** Sent by resetDemo: everything that was read before is out of date. */
  demoReplaced?: boolean
  userId?: number | null
  organisationId?: number | null
}

interface ListenerCallbacks {
  onNotification(told: DatabaseNotification): void
  /** From now on everything is heard; what was told before may have been missed. */
  onConnected(): void
  /** The connection broke, and is being made again. */
  onDisconnected(): void
}

/** Hears what the database tells every process (LISTEN), on a connection of its own that is made again when it breaks. */
export class DatabaseListener {
  readonly #connection: pg.ClientConfig
  readonly #log: Logger
  readonly #listeners: ListenerCallbacks
  #client: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #asking: NodeJS.Timeout | undefined
  #stopped = false

  constructor(connection: pg.ClientConfig, log: Logger, listeners: ListenerCallbacks) {
    this.#connection = connection
    this.#log = log
    this.#listeners = listeners
  }

  async start(): Promise<void> {
    const client = new pg.Client({ ...this.#connection, application_name: 'quittance notifications', keepAlive: true })
    const onEnd = (error?: Error) => this.#startAgain(client, error)
    client.on('error', onEnd).on('end', () => onEnd())
    client.on('notification', ({ payload }) => this.#listeners.onNotification(JSON.parse(payload ?? '{}')))
    try {
      await client.connect()
      await client.query(`LISTEN ${CHANNEL}`)
      this.#client = client
      if (this.#stopped) return await client.end()
      this.#listeners.onConnected()
      this.#asking = setInterval(() => void this.#ask(client), HEARTBEAT_INTERVAL_MS).unref()
    } catch (error) {
      onEnd(error as Error)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearInterval(this.#asking)
    await this.#client?.end().catch(() => undefined)
  }

  async #ask(client: pg.Client): Promise<void> {
    const late = setTimeout(() => this.#startAgain(client, new Error('it does not answer')), HEARTBEAT_TIMEOUT_MS).unref()
    await client.query('SELECT 1').catch(() => undefined)
    clearTimeout(late)
  }

  #startAgain(client: pg.Client, error: Error | undefined): void {
    if (this.#stopped || this.#timer || (this.#client && this.#client !== client)) return
    this.#client = undefined
    clearInterval(this.#asking)
    this.#listeners.onDisconnected()
    // Not waited for: whom it would say goodbye to may be gone.
    void client.end().catch(() => undefined)
    this.#log.warn({ reason: error?.message ?? 'it was closed' }, 'notifications of the database are not heard')
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.start()
    }, RECONNECT_DELAY_MS).unref()
  }
}
