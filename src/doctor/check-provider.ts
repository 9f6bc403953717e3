import type { Config } from '../config/config.js'
import { type Finding, ok, problem, warning } from './finding.js'

const PROVIDER_CHECK = 'payments'
const PROVIDER_CHECK_TIMEOUT_MS = 5000

/** Requests the store from the payment provider, which verifies the URL, the key and the id of the store. */
export async function checkProvider({ payments: { provider, lemonSqueezy }, production }: Config): Promise<Finding> {
  if (provider === 'none') return ok(PROVIDER_CHECK, 'no provider, administrators apply plans manually')
  if (!lemonSqueezy) {
    return production
      ? warning(PROVIDER_CHECK, 'the sandbox moves no real money: set PAYMENT_PROVIDER to another provider or to none')
      : ok(PROVIDER_CHECK, 'the sandbox, which moves no real money')
  }
  const { apiUrl, apiKey, storeId } = lemonSqueezy
  const response = await fetch(`${apiUrl.replace(/\/+$/, '')}/v1/stores/${storeId}`, {
    headers: { accept: 'application/vnd.api+json', authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(PROVIDER_CHECK_TIMEOUT_MS),
    redirect: 'error',
  }).catch((error: Error) => error)
  if (response instanceof Error) return problem(PROVIDER_CHECK, `Lemon Squeezy does not respond at ${apiUrl}: ${describeError(response)}`)
  await response.body?.cancel()
  if (response.ok) return ok(PROVIDER_CHECK, `Lemon Squeezy accepts the key for store ${storeId}; the webhook secret is set`)
  if (response.status === 401) return problem(PROVIDER_CHECK, 'LEMONSQUEEZY_API_KEY: Lemon Squeezy rejects the key; create a new one there')
  if (response.status === 404) return problem(PROVIDER_CHECK, `LEMONSQUEEZY_STORE_ID: the key has no access to store ${storeId}`)
  return problem(PROVIDER_CHECK, `Lemon Squeezy returned HTTP ${response.status}; try again later`)
}

/** The message of a fetch error states no reason; its cause does. */
function describeError(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
