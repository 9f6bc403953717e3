import { StartError } from '../core/errors.js'
import { isLoopbackHost } from '../core/loopback.js'

/** Variables that only a production installation sets. */
const PRODUCTION_VARIABLES = [
  'DATABASE_URL',
  'AUTH_JWT_SECRET',
  'AUTH_JWKS_URL',
  'LEMONSQUEEZY_API_KEY',
  'LEMONSQUEEZY_STORE_ID',
  'LEMONSQUEEZY_WEBHOOK_SECRET',
  'ESCLUSE_WEBHOOK_SECRET',
]

interface ModeValues {
  DEMO: 'true' | 'false' | undefined
  NODE_ENV: string
  HOST: string
  PUBLIC_URL: string | undefined
}

/**
 * Demo mode requires evidence that this is a demo: the server is reachable from this machine only and no
 * production variable is set, or DEMO=true is set on a loopback address. Otherwise production rules apply.
 * @returns why production rules apply, such as "DATABASE_URL is set"; undefined in demo mode
 * @throws StartError when DEMO=true is set and other machines can reach the address
 */
export function productionReason(
  { DEMO, NODE_ENV, HOST, PUBLIC_URL }: ModeValues,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const isLoopback = isLoopbackHost(HOST)
  if (DEMO === 'true' && !isLoopback) {
    throw new StartError(`DEMO: a demo must not be reachable from other machines, but HOST is ${HOST}; set HOST=127.0.0.1, or remove DEMO`)
  }
  if (DEMO === 'true') return undefined
  if (DEMO === 'false') return 'DEMO is false'
  if (NODE_ENV === 'production') return 'NODE_ENV is production'
  if (!isLoopback) return `HOST is ${HOST}`
  const name = PRODUCTION_VARIABLES.find((each) => environment[each]?.trim())
  if (name) return `${name} is set`
  if (PUBLIC_URL !== undefined && !isLoopbackHost(new URL(PUBLIC_URL).hostname)) return `PUBLIC_URL is ${PUBLIC_URL}`
  return undefined
}

/**
 * The error for a missing secret. It names the reason for production rules and how to start a demo instead.
 */
export function missingSecretError(name: string, reason: string, host: string): StartError {
  const demo = isLoopbackHost(host) ? 'DEMO=true' : 'DEMO=true with HOST=127.0.0.1'
  return new StartError(`${name}: production rules apply because ${reason}; set a secret of at least 32 characters, or ${demo} for a demo`)
}
