import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import type { DatabaseNotification } from './notifications.js'

const RECONNECT_DELAY_MS = 1000
/** The interval of heartbeats, which detect connections that the network has dropped silently. */
const LISTENER_HEARTBEAT_INTERVAL_MS = 15_000
const HEARTBEAT_TIMEOUT_MS = 5000

interface ListenerCallbacks {
  onNotification(notification: DatabaseNotification): void
  /** Notifications are received from now on. Earlier ones may have been missed. */
  onConnected(): void
  /** The connection was lost and is being re-established. */
  onDisconnected(): void
}

/**
 * Receives the notifications of the database (LISTEN) on its own connection, and reconnects when it is lost.
 */
export class DatabaseListener {
  readonly #connection: pg.ClientConfig
  readonly #channel: string
  readonly #log: Logger
  readonly #callbacks: ListenerCallbacks
  #client: pg.Client | undefined
  #reconnectTimer: NodeJS.Timeout | undefined
  #heartbeatTimer: NodeJS.Timeout | undefined
  #stopped = false

  /** @param channel  a name that needs no quotes */
  constructor(connection: pg.ClientConfig, channel: string, log: Logger, callbacks: ListenerCallbacks) {
    this.#connection = connection
    this.#channel = channel
    this.#log = log
    this.#callbacks = callbacks
  }

  async start(): Promise<void> {
    const client = new pg.Client({ ...this.#connection, application_name: 'quittance notifications' })
    const onEnd = (error?: Error) => this.#reconnect(client, error)
    client.on('error', onEnd).on('end', () => onEnd())
    client.on('notification', ({ payload }) => this.#receive(JSON.parse(payload ?? '{}')))
    try {
      await client.connect()
      await client.query(`LISTEN ${this.#channel}`)
      this.#client = client
      if (this.#stopped) return await client.end()
      this.#callbacks.onConnected()
      this.#heartbeatTimer = setInterval(() => void this.#ping(client), LISTENER_HEARTBEAT_INTERVAL_MS).unref()
    } catch (error) {
      onEnd(error as Error)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#reconnectTimer)
    clearInterval(this.#heartbeatTimer)
    await this.#client?.end().catch(() => undefined)
  }

  #receive(notification: DatabaseNotification): void {
    if ('resync' in notification) this.#callbacks.onConnected()
    else this.#callbacks.onNotification(notification)
  }

  async #ping(client: pg.Client): Promise<void> {
    const onTimeout = () => this.#reconnect(client, new Error('no response to the heartbeat'))
    const timeout = setTimeout(onTimeout, HEARTBEAT_TIMEOUT_MS).unref()
    await client.query('SELECT 1').catch(() => undefined)
    clearTimeout(timeout)
  }

  #reconnect(client: pg.Client, error: Error | undefined): void {
    if (this.#stopped || this.#reconnectTimer || (this.#client && this.#client !== client)) return
    this.#client = undefined
    clearInterval(this.#heartbeatTimer)
    this.#callbacks.onDisconnected()
    // Not awaited, because the server may no longer respond.
    void client.end().catch(() => undefined)
    this.#log.warn({ reason: error?.message ?? 'the connection was closed' }, 'LISTEN connection lost, reconnecting')
    this.#reconnectTimer = setTimeout(() => {
      this.#reconnectTimer = undefined
      void this.start()
    }, RECONNECT_DELAY_MS).unref()
  }
}
