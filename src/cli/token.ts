import { parseConfig } from '../config/config.js'
import { systemClock } from '../core/clock.js'
import { DAY_SECONDS } from '../core/duration.js'
import { StartError } from '../core/errors.js'
import { parseId } from '../core/input.js'
import { withSecret } from '../demo/demo-secret.js'
import { ADMINISTRATOR, signToken } from '../modules/identity/index.js'
import { command, UsageError } from './command.js'

const MAX_DAYS = 3650

const usage = `npm run --silent token -- --user 55    prints a token for the configured secret
  --user    id of the user, for example 55
  --role    user (default) or admin
  --email   e-mail address, with which a new user is created
  --name    name, with which a new user is created
  --days    how long the token is valid, 1 to ${MAX_DAYS}; 30 by default`

const options = {
  user: { type: 'string' },
  role: { type: 'string', default: 'user' },
  email: { type: 'string' },
  name: { type: 'string' },
  days: { type: 'string', default: '30' },
} as const

await command({ usage, options }, async ({ user, role, email, name, days }) => {
  if (!user) throw new UsageError('--user is missing')
  const userId = parseId('--user', user)
  if (role !== 'user' && role !== ADMINISTRATOR) throw new UsageError('--role must be user or admin')
  if (!(Number(days) > 0 && Number(days) <= MAX_DAYS)) throw new UsageError(`--days must be between 1 and ${MAX_DAYS}`)
  const config = await withSecret(parseConfig(process.env))
  if (config.auth.jwksUrl) {
    throw new StartError('AUTH_JWKS_URL: only tokens of the identity provider are accepted, so there is no secret to sign with')
  }
  const profile = { ...(email && { email }), ...(name && { name }) }
  const lifetimeSeconds = Math.round(Number(days) * DAY_SECONDS)
  console.log(await signToken(config, systemClock, { userId, role, ...profile, lifetimeSeconds }))
})
