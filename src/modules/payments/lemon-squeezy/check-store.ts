import type { PaymentConfig } from '../../../config/payment-config.js'

const STORE_CHECK_TIMEOUT_MS = 5000

/** Requests the store, which verifies the URL, the key and the id of the store. */
export async function checkLemonSqueezyStore({
  apiUrl,
  apiKey,
  storeId,
}: NonNullable<PaymentConfig['lemonSqueezy']>): Promise<{ isOk: boolean; text: string }> {
  const response = await fetch(`${apiUrl.replace(/\/+$/, '')}/v1/stores/${storeId}`, {
    headers: { accept: 'application/vnd.api+json', authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(STORE_CHECK_TIMEOUT_MS),
    redirect: 'error',
  }).catch((error: Error) => error)
  const problem = (text: string) => ({ isOk: false, text })
  if (response instanceof Error) return problem(`Lemon Squeezy does not respond at ${apiUrl}: ${describeError(response)}`)
  await response.body?.cancel()
  if (response.ok) return { isOk: true, text: `Lemon Squeezy accepts the key for store ${storeId}; the webhook secret is set` }
  if (response.status === 401) return problem('LEMONSQUEEZY_API_KEY: Lemon Squeezy rejects the key; create a new one there')
  if (response.status === 404) return problem(`LEMONSQUEEZY_STORE_ID: the key has no access to store ${storeId}`)
  return problem(`Lemon Squeezy returned HTTP ${response.status}; try again later`)
}

/** The message of a fetch error states no reason; its cause does. */
function describeError(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
