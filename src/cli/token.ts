import { parseConfig } from '../config/config.js'
import { systemClock } from '../core/clock.js'
import { DAY_SECONDS } from '../core/duration.js'
import { StartError } from '../core/errors.js'
import { parsePanelId } from '../core/ids.js'
import { withSecret } from '../demo/demo-secret.js'
import { ADMINISTRATOR, signToken } from '../modules/identity/index.js'
import { UsageError } from './command.js'

const MAX_DAYS = 3650

interface TokenOptions {
  user: string
  role: string
  email: string | undefined
  name: string | undefined
  days: string
}

/** Prints a token of a user, signed with the configured secret. */
export async function printToken({ user, role, email, name, days }: TokenOptions): Promise<void> {
  const userId = parsePanelId('--user', user)
  if (role !== 'user' && role !== ADMINISTRATOR) throw new UsageError('--role must be user or admin')
  if (!(Number(days) > 0 && Number(days) <= MAX_DAYS)) throw new UsageError(`--days must be a positive number of at most ${MAX_DAYS}`)
  const config = await withSecret(parseConfig(process.env))
  if (config.auth.jwksUrl) {
    throw new StartError('AUTH_JWKS_URL: only the identity provider can sign tokens; request one from it')
  }
  const profile = { ...(email && { email }), ...(name && { name }) }
  const lifetimeSeconds = Math.round(Number(days) * DAY_SECONDS)
  console.log(await signToken(config, systemClock, { userId, role, ...profile, lifetimeSeconds }))
}
