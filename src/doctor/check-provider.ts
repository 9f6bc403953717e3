import type { Config } from '../config/config.js'
import { type Finding, ok, problem, warning } from './finding.js'

const PROVIDER_CHECK = 'payments'
const REQUEST_TIMEOUT_MS = 5000

/** Asks the payment provider for the store, which shows that the address, the key and the store are right. */
export async function checkProvider({ payments: { provider, lemonSqueezy }, production }: Config): Promise<Finding> {
  if (provider === 'none') return ok(PROVIDER_CHECK, 'no provider: administrators apply plans by hand')
  if (!lemonSqueezy) {
    return production
      ? warning(PROVIDER_CHECK, 'the sandbox takes no real money: set PAYMENT_PROVIDER to another provider, or none')
      : ok(PROVIDER_CHECK, 'the sandbox, which takes no real money')
  }
  const { apiUrl, apiKey, storeId } = lemonSqueezy
  const response = await fetch(`${apiUrl.replace(/\/+$/, '')}/v1/stores/${storeId}`, {
    headers: { accept: 'application/vnd.api+json', authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    redirect: 'error',
  }).catch((error: Error) => error)
  if (response instanceof Error) return problem(PROVIDER_CHECK, `Lemon Squeezy does not answer at ${apiUrl}: ${describeError(response)}`)
  await response.body?.cancel()
  if (response.ok) return ok(PROVIDER_CHECK, `Lemon Squeezy accepts the key for store ${storeId}; the webhook secret is set`)
  if (response.status === 401) return problem(PROVIDER_CHECK, 'LEMONSQUEEZY_API_KEY: Lemon Squeezy refuses the key; create a new one there')
  if (response.status === 404) return problem(PROVIDER_CHECK, `LEMONSQUEEZY_STORE_ID: the key opens no store ${storeId}`)
  return problem(PROVIDER_CHECK, `Lemon Squeezy answers with status ${response.status}; try again later`)
}

/** fetch hides the reason in the cause. */
function describeError(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
