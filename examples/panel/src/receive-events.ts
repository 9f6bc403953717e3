import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type EventName, verifyWebhook, type WebhookEvent } from '@quittance/client/webhooks'

/**
 * The route of the panel that receives events. It verifies the signature first and responds immediately:
 * Quittance retries an event that does not get a 2xx response within ten seconds.
 */
export class EventReceiver {
  readonly #server: Server
  readonly #waiting: { readonly type: EventName; readonly done: (event: WebhookEvent) => void }[] = []
  /** Ids of the received events, which are delivered at least once. */
  readonly #seen = new Set<string>()
  #secret: string | undefined

  constructor() {
    this.#server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', async () => {
        response.statusCode = await this.#receive(body, request.headers)
        response.end()
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events`
  }

  /** @param secret  the secret of the endpoint as Quittance returned it: whsec_… */
  useSecret(secret: string): void {
    this.#secret = secret
  }

  /** @returns the next event of a type with a valid signature */
  next<T extends EventName>(type: T): Promise<WebhookEvent<T>> {
    return new Promise((done) => this.#waiting.push({ type, done: done as (event: WebhookEvent) => void }))
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #receive(body: string, headers: IncomingHttpHeaders): Promise<number> {
    if (!this.#secret) return 503
    try {
      const event = await verifyWebhook({ body, headers, secret: this.#secret })
      const index = this.#waiting.findIndex(({ type }) => type === event.type)
      if (index >= 0 && !this.#seen.has(event.id)) this.#waiting.splice(index, 1)[0]?.done(event)
      this.#seen.add(event.id)
      return 204
    } catch {
      return 401
    }
  }
}
