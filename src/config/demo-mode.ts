import { StartError } from '../core/errors.js'
import { isLoopbackHost } from '../core/loopback.js'

/** Only a real installation sets these. */
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
 * Demo mode needs evidence that this is a demo: nobody else can reach the server and nothing real is configured, or
 * DEMO=true on a loopback address. Everything else runs under production rules.
 * @returns why production rules apply, such as "DATABASE_URL is set"; undefined in demo mode
 * @throws StartError for DEMO=true on an address that other machines can reach
 */
export function productionReason(
  { DEMO, NODE_ENV, HOST, PUBLIC_URL }: ModeValues,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const isPrivate = isLoopbackHost(HOST)
  if (DEMO === 'true' && !isPrivate) {
    throw new StartError(`DEMO: a demo must not be reachable from other machines, but HOST is ${HOST}; set HOST=127.0.0.1, or remove DEMO`)
  }
  if (DEMO === 'true') return undefined
  if (DEMO === 'false') return 'DEMO is false'
  if (NODE_ENV === 'production') return 'NODE_ENV is production'
  if (!isPrivate) return `HOST is ${HOST}`
  const name = PRODUCTION_VARIABLES.find((each) => environment[each]?.trim())
  if (name) return `${name} is set`
  if (PUBLIC_URL !== undefined && !isLoopbackHost(new URL(PUBLIC_URL).hostname)) return `PUBLIC_URL is ${PUBLIC_URL}`
  return undefined
}

/** A secret that production rules require: which variable decided that they apply, and how to get a demo instead. */
export function missingSecretError(name: string, reason: string, host: string): StartError {
  const demo = isLoopbackHost(host) ? 'DEMO=true' : 'DEMO=true with HOST=127.0.0.1'
  return new StartError(`${name}: production rules apply because ${reason}; set a secret of at least 32 characters, or ${demo} for a demo`)
}
