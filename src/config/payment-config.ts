import { StartError } from '../core/errors.js'
import type { EnvironmentValues } from './environment.js'

export interface PaymentConfig {
  /** The provider of new checkouts. */
  provider: 'sandbox' | 'lemonsqueezy' | 'none'
  /** Whether the sandbox is in use, for new checkouts or for existing subscriptions. */
  sandbox: boolean
  /** Undefined if Lemon Squeezy is in use neither for new checkouts nor for existing subscriptions. */
  lemonSqueezy: { apiKey: string; storeId: string; apiUrl: string } | undefined
  /** Signing secrets of Lemon Squeezy's webhooks; several during a rotation. */
  webhookSecrets: readonly string[]
  /** Signing secrets of Escluse's events; empty when they are not accepted. */
  escluseWebhookSecrets: readonly string[]
  checkoutOrigins: readonly string[]
}

/** @throws StartError when a variable that a provider requires is missing */
export function parsePaymentConfig(values: EnvironmentValues, production: boolean): PaymentConfig {
  const defaultProvider = values.LEMONSQUEEZY_API_KEY ? 'lemonsqueezy' : production ? 'none' : 'sandbox'
  const names = values.PAYMENT_PROVIDER ?? [defaultProvider]
  const [provider = defaultProvider] = names
  const webhookSecrets = values.LEMONSQUEEZY_WEBHOOK_SECRET
  const escluseWebhookSecrets = values.ESCLUSE_WEBHOOK_SECRET
  if (escluseWebhookSecrets.some((secret) => webhookSecrets.includes(secret))) {
    throw new StartError('ESCLUSE_WEBHOOK_SECRET: must not contain a secret of LEMONSQUEEZY_WEBHOOK_SECRET; generate a different one')
  }
  const checkoutOrigins = values.CHECKOUT_ORIGINS ?? exactOrigins(values.CORS_ORIGINS)
  const lemonSqueezy = names.includes('lemonsqueezy') ? requireLemonSqueezy(values) : undefined
  return { provider, sandbox: names.includes('sandbox'), lemonSqueezy, webhookSecrets, escluseWebhookSecrets, checkoutOrigins }
}

function requireLemonSqueezy(values: EnvironmentValues): PaymentConfig['lemonSqueezy'] {
  const { LEMONSQUEEZY_API_KEY: apiKey, LEMONSQUEEZY_STORE_ID: storeId, LEMONSQUEEZY_API_URL: apiUrl } = values
  if (!apiKey) throw new StartError('LEMONSQUEEZY_API_KEY: required for Lemon Squeezy; set an API key of the store')
  if (!storeId) throw new StartError('LEMONSQUEEZY_STORE_ID: required for Lemon Squeezy; set the numeric id of the store')
  if (values.LEMONSQUEEZY_WEBHOOK_SECRET.length === 0)
    throw new StartError('LEMONSQUEEZY_WEBHOOK_SECRET: required for Lemon Squeezy; set the signing secret of its webhook')
  return { apiKey, storeId, apiUrl }
}

function exactOrigins(origins: readonly string[]): string[] {
  return origins.filter((origin) => !origin.includes('*'))
}
