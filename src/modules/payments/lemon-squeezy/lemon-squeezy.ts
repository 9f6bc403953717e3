import type { PaymentConfig } from '../../../config/payment-config.js'
import type {
  NewCheckout,
  PaymentProvider,
  PaymentSnapshot,
  ProviderWebhook,
  SubscriptionSnapshot,
  VariantChange,
} from '../payment-provider.port.js'
import { JsonApi } from './json-api.js'
import { readPayment, readSubscription, variantIdProblem } from './lemon-squeezy.schemas.js'
import { lemonSqueezyWebhook } from './lemon-squeezy-webhook.js'

const API_PAGE_SIZE = 100

/**
 * Lemon Squeezy is the merchant of record: it issues the tax invoice. It has no return URL for a cancelled
 * checkout, and calculates the proration of a plan change itself. Source: docs.lemonsqueezy.com/api.
 */
export class LemonSqueezy implements PaymentProvider {
  readonly name = 'lemonsqueezy'
  readonly title = 'Lemon Squeezy'
  readonly isTest = false
  readonly merchantOfRecord = 'Lemon Squeezy LLC'
  readonly endsOverdueAtOnce = false
  readonly sellsPlansById = false
  readonly webhook: ProviderWebhook
  readonly variantIdProblem = variantIdProblem
  readonly #api: JsonApi
  readonly #storeId: string

  constructor({ apiKey, storeId, apiUrl }: NonNullable<PaymentConfig['lemonSqueezy']>, webhookSecrets: readonly string[]) {
    this.webhook = lemonSqueezyWebhook(webhookSecrets)
    this.#api = new JsonApi(apiUrl, apiKey)
    this.#storeId = storeId
  }

  async createCheckout({ variantId, email, successUrl, custom }: NewCheckout): Promise<string> {
    const relation = (type: string, id: string) => ({ data: { type, id } })
    const { data } = await this.#api.send('POST', '/v1/checkouts', {
      type: 'checkouts',
      attributes: { checkout_data: { ...(email && { email }), custom }, product_options: { redirect_url: successUrl } },
      relationships: { store: relation('stores', this.#storeId), variant: relation('variants', variantId) },
    })
    return String(data.attributes.url)
  }

  async readSubscription(id: string): Promise<SubscriptionSnapshot | null> {
    const found = await this.#api.read(`/v1/subscriptions/${encodeURIComponent(id)}`)
    return found && readSubscription(found.data)
  }

  async readPayments(subscriptionId: string): Promise<PaymentSnapshot[]> {
    const payments: PaymentSnapshot[] = []
    for (let page = 1; ; page += 1) {
      const filter = `filter[subscription_id]=${encodeURIComponent(subscriptionId)}&page[number]=${page}&page[size]=${API_PAGE_SIZE}`
      const { data, isLast } = await this.#api.list(`/v1/subscription-invoices?${filter}`)
      payments.push(...data.map(readPayment))
      if (isLast) return payments
    }
  }

  async listSubscriptions(page: number) {
    const { data, isLast } = await this.#api.list(
      `/v1/subscriptions?filter[store_id]=${this.#storeId}&page[number]=${page}&page[size]=${API_PAGE_SIZE}`,
    )
    return { subscriptions: data.map(readSubscription), isLast }
  }

  async cancel(id: string): Promise<SubscriptionSnapshot> {
    return readSubscription((await this.#api.send('DELETE', `/v1/subscriptions/${encodeURIComponent(id)}`)).data)
  }

  resume(id: string): Promise<SubscriptionSnapshot> {
    return this.#patch(id, { cancelled: false })
  }

  /** A change that is charged is sent once, because the provider may have made it although it did not respond. */
  changeVariant(id: string, { variantId, due }: VariantChange): Promise<SubscriptionSnapshot> {
    const variant = { variant_id: Number(variantId) }
    if (due === null) return this.#patch(id, { ...variant, disable_prorations: true })
    return this.#patch(id, { ...variant, invoice_immediately: true }, 'sendOnce')
  }

  async readPayment(id: string): Promise<PaymentSnapshot | null> {
    const found = await this.#api.read(`/v1/subscription-invoices/${encodeURIComponent(id)}`)
    return found && readPayment(found.data)
  }

  async refund(paymentId: string, amount: bigint): Promise<PaymentSnapshot> {
    const resource = { type: 'subscription-invoices', id: paymentId, attributes: { amount: Number(amount) } }
    return readPayment(
      (await this.#api.sendOnce('POST', `/v1/subscription-invoices/${encodeURIComponent(paymentId)}/refund`, resource)).data,
    )
  }

  async portalUrl(subscriptionId: string): Promise<string | null> {
    const found = await this.#api.read(`/v1/subscriptions/${encodeURIComponent(subscriptionId)}`)
    const urls = found?.data.attributes.urls as { customer_portal?: string } | undefined
    return urls?.customer_portal ?? null
  }

  async #patch(id: string, attributes: object, send: 'send' | 'sendOnce' = 'send'): Promise<SubscriptionSnapshot> {
    const resource = { type: 'subscriptions', id, attributes }
    const { data } = await this.#api[send]('PATCH', `/v1/subscriptions/${encodeURIComponent(id)}`, resource)
    return readSubscription(data)
  }
}
