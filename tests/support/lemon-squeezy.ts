import { createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** JSON:API resources as Lemon Squeezy documents them. Source: docs.lemonsqueezy.com/api. */
export interface Resource {
  type: string
  id: string
  attributes: Record<string, any>
}

export const WEBHOOK_SECRET = 'whsec_test_secret'

/** "2026-05-01T10:00:00.000000Z" */
export function wireTime(at: string): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

export function subscription(id: number, at: string, changes: Record<string, unknown> = {}): Resource {
  return {
    type: 'subscriptions',
    id: String(id),
    attributes: {
      store_id: 1,
      customer_id: 7,
      order_id: 9000 + id,
      order_item_id: 1,
      product_id: 3,
      variant_id: 1001,
      product_name: 'Pro',
      variant_name: 'Default',
      user_name: 'Ada',
      user_email: 'ada@example.com',
      status: 'active',
      status_formatted: 'Active',
      card_brand: 'visa',
      card_last_four: '4242',
      pause: null,
      cancelled: false,
      trial_ends_at: null,
      billing_anchor: new Date(at).getUTCDate(),
      urls: {
        customer_portal: 'https://store.lemonsqueezy.com/billing?expires=1',
        update_payment_method: 'https://store.lemonsqueezy.com/x',
      },
      renews_at: wireTime(new Date(new Date(at).setUTCMonth(new Date(at).getUTCMonth() + 1)).toISOString()),
      ends_at: null,
      created_at: wireTime(at),
      updated_at: wireTime(at),
      test_mode: false,
      ...changes,
    },
  }
}

export function payment(id: number, subscriptionId: number, at: string, changes: Record<string, unknown> = {}): Resource {
  return {
    type: 'subscription-invoices',
    id: String(id),
    attributes: {
      store_id: 1,
      subscription_id: subscriptionId,
      customer_id: 7,
      billing_reason: 'renewal',
      card_brand: 'visa',
      currency: 'USD',
      currency_rate: '1.00000000',
      status: 'paid',
      status_formatted: 'Paid',
      refunded: false,
      refunded_at: null,
      refunded_amount: 0,
      subtotal: 1500,
      tax: 0,
      total: 1500,
      urls: { invoice_url: `https://app.lemonsqueezy.com/my-orders/${id}` },
      created_at: wireTime(at),
      updated_at: wireTime(at),
      test_mode: false,
      ...changes,
    },
  }
}

export function order(id: number, at: string, changes: Record<string, unknown> = {}): Resource {
  const attributes = {
    store_id: 1,
    status: 'paid',
    refunded: false,
    refunded_amount: 0,
    total: 1500,
    currency: 'USD',
    created_at: wireTime(at),
    updated_at: wireTime(at),
  }
  return { type: 'orders', id: String(id), attributes: { ...attributes, ...changes } }
}

/** The body of a webhook. */
export function event(name: string, data: Resource, custom?: object): string {
  return JSON.stringify({
    meta: { test_mode: false, event_name: name, webhook_id: randomUUID(), ...(custom && { custom_data: custom }) },
    data,
  })
}

export function sign(body: string, secret = WEBHOOK_SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

export function deliver(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/webhooks/lemonsqueezy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signature': sign(body), ...headers },
    body,
  })
}

interface Failure {
  status: number
  headers?: Record<string, string>
  /** Never responds. */
  hang?: boolean
  /** Does not fail, so that a later request does. */
  pass?: boolean
}

/** A fake of Lemon Squeezy's API over HTTP. */
export class FakeLemonSqueezy {
  readonly subscriptions = new Map<string, Resource>()
  readonly payments = new Map<string, Resource>()
  readonly requests: { method: string; path: string; body: { data: Resource } | undefined; authorization: string | undefined }[] = []
  /** The responses that are held back, by method and part of the path. */
  readonly #held: { method: string; path: string; arrive(): void; released: Promise<void> }[] = []
  /** The failures of the next requests, one each. */
  readonly failures: Failure[] = []
  #server: Server | undefined
  url = ''

  async start(): Promise<this> {
    this.#server = createServer((request, response) => void this.#respond(request, response))
    await new Promise<void>((done) => this.#server?.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  /**
   * Holds back the response to the next request of a kind, which has its effect.
   * @returns `arrived` when the request has been received, and a function that sends the response
   */
  hold(method: string, path: string): { arrived: Promise<void>; release(): void } {
    let release = () => {}
    const released = new Promise<void>((done) => {
      release = done
    })
    const arrived = new Promise<void>((arrive) => this.#held.push({ method, path, arrive, released }))
    return { arrived, release }
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((done) => this.#server?.close(done))
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString()
    const { pathname, searchParams } = new URL(request.url ?? '', this.url)
    const body = text ? (JSON.parse(text) as { data: Resource }) : undefined
    this.requests.push({ method: request.method ?? '', path: pathname, body, authorization: request.headers.authorization })
    const failure = this.failures.shift()
    if (failure?.hang) return
    const held = this.#held.findIndex(({ method, path }) => method === request.method && pathname.includes(path))
    const [hold] = held < 0 ? [] : this.#held.splice(held, 1)
    const send = async (status: number, content: object, headers: Record<string, string> = {}) => {
      // A held response shows the state at the time of its request.
      const text = JSON.stringify(content)
      hold?.arrive()
      await hold?.released
      response.writeHead(status, { 'content-type': 'application/vnd.api+json', ...headers }).end(text)
    }
    if (failure && !failure.pass)
      return send(failure.status, { errors: [{ detail: 'in trouble', status: String(failure.status) }] }, failure.headers)
    if (request.headers.authorization !== 'Bearer key') return send(401, { errors: [{ detail: 'Unauthenticated.', status: '401' }] })
    const [, , type, id, action] = pathname.split('/')
    const found = id ? (type === 'subscriptions' ? this.subscriptions : this.payments).get(id) : undefined
    const method = `${request.method} ${type}${id ? '/:id' : ''}${action ? `/${action}` : ''}`
    if (id && !found) return send(404, { errors: [{ detail: 'Not Found', status: '404' }] })
    switch (method) {
      case 'POST checkouts':
        return send(201, { data: { type: 'checkouts', id: randomUUID(), attributes: { url: `${this.url}/checkout/buy/${randomUUID()}` } } })
      case 'GET subscriptions':
        return this.#page(send, [...this.subscriptions.values()], searchParams)
      case 'GET subscription-invoices': {
        const subscriptionId = searchParams.get('filter[subscription_id]')
        const all = [...this.payments.values()].filter(({ attributes }) => String(attributes.subscription_id) === subscriptionId)
        return this.#page(send, all, searchParams)
      }
      case 'GET subscriptions/:id':
      case 'GET subscription-invoices/:id':
        return send(200, { data: found })
      case 'DELETE subscriptions/:id': {
        const { attributes } = found as Resource
        if (attributes.status !== 'cancelled')
          Object.assign(attributes, { status: 'cancelled', cancelled: true, ends_at: attributes.renews_at })
        return send(200, { data: this.#touch(found as Resource) })
      }
      case 'PATCH subscriptions/:id': {
        const { cancelled, variant_id: variant } = body?.data.attributes ?? {}
        const { attributes } = found as Resource
        if (cancelled === false) Object.assign(attributes, { status: 'active', cancelled: false, ends_at: null })
        if (variant) attributes.variant_id = variant
        return send(200, { data: this.#touch(found as Resource) })
      }
      case 'POST subscription-invoices/:id/refund': {
        const { attributes } = found as Resource
        const sum = attributes.refunded_amount + (body?.data.attributes.amount ?? 0)
        if (sum > attributes.total) return send(422, { errors: [{ detail: 'The amount is too large.', status: '422' }] })
        Object.assign(attributes, {
          refunded_amount: sum,
          refunded: sum === attributes.total,
          ...(sum === attributes.total && { status: 'refunded' }),
        })
        return send(200, { data: this.#touch(found as Resource) })
      }
      default:
        return send(405, { errors: [{ detail: method, status: '405' }] })
    }
  }

  #page(send: (status: number, content: object) => void, all: Resource[], query: URLSearchParams): void {
    const [size, page] = [Number(query.get('page[size]') ?? 10), Number(query.get('page[number]') ?? 1)]
    const lastPage = Math.max(1, Math.ceil(all.length / size))
    const data = all.slice((page - 1) * size, page * size)
    send(200, { meta: { page: { currentPage: page, lastPage, perPage: size, total: all.length } }, data })
  }

  /** Increases `updated_at`, as every change does. */
  #touch(resource: Resource): Resource {
    resource.attributes.updated_at = wireTime(new Date(new Date(resource.attributes.updated_at).getTime() + 1000).toISOString())
    return resource
  }
}
