import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface QuittanceEvent {
  type: string
  timestamp: string
  data: { userId?: string; organisationId?: string; limits?: Record<string, number | null>; plan?: string | null }
}

/**
 * The route of the panel that receives events. It verifies the signature first and responds immediately:
 * Quittance retries an event that does not get a 2xx response within ten seconds.
 */
export class EventReceiver {
  readonly #server: Server
  readonly #waiting: ((event: QuittanceEvent) => void)[] = []
  /** Ids of the received events, which are delivered at least once. */
  readonly #seen = new Set<string>()
  #webhook: Webhook | undefined

  constructor() {
    this.#server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        response.statusCode = this.#receive(body, request.headers as Record<string, string>)
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
    this.#webhook = new Webhook(secret)
  }

  /** @returns the next event with a valid signature */
  next(): Promise<QuittanceEvent> {
    return new Promise((done) => this.#waiting.push(done))
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #receive(body: string, headers: Record<string, string>): number {
    try {
      const event = this.#webhook?.verify(body, headers) as QuittanceEvent | undefined
      const id = headers['webhook-id'] ?? ''
      if (!event) return 503
      if (!this.#seen.has(id)) this.#waiting.shift()?.(event)
      this.#seen.add(id)
      return 204
    } catch {
      return 401
    }
  }
}
