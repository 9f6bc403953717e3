import type { Logger } from '../../core/logger.js'
import type { Services } from '../services.js'
import { EventDeliverer } from './event-deliverer.js'
import { createLazyWebhookSender, type WebhookSender } from './http-sender.js'

const DELIVERY_POLL_INTERVAL_MS = 2000

/** Delivers events for as long as the process runs. */
export class WebhookDispatcher {
  readonly #sender: WebhookSender
  readonly #deliverer: EventDeliverer
  #timer: NodeJS.Timeout | undefined

  constructor(services: Pick<Services, 'clock' | 'config' | 'db' | 'rawQuery'>, log: Logger) {
    this.#sender = createLazyWebhookSender(services.config)
    this.#deliverer = new EventDeliverer(services, { sender: this.#sender, log })
  }

  start(): void {
    this.#timer = setInterval(() => this.#deliverer.poll({ releaseIdle: true }), DELIVERY_POLL_INTERVAL_MS).unref()
    this.poll()
  }

  /** Starts the delivery of due events. To be called as soon as an event is published. */
  poll(): void {
    this.#deliverer.poll()
  }

  /** Resolves when all running requests have ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#deliverer.stop()
    await this.#sender.close()
  }
}
