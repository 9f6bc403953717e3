import { parseConfig } from '../config/config.js'
import { systemClock } from '../core/clock.js'
import { DAY_SECONDS } from '../core/duration.js'
import { StartError } from '../core/errors.js'
import { parseId } from '../core/input.js'
import { withSecret } from '../demo/demo-secret.js'
import { ADMINISTRATOR, signToken } from '../modules/identity/index.js'
import { command, UsageError } from './command.js'

const MAX_DAYS = 3650

const TOKEN_USAGE = `npm run --silent token -- --user 55    prints a token signed with the configured secret
  --user    id of the user, for example 55
  --role    user (default) or admin
  --email   e-mail address, used if the user does not exist yet
  --name    name, used if the user does not exist yet
  --days    validity in days, at most ${MAX_DAYS}; 30 by default`

const TOKEN_OPTIONS = {
  user: { type: 'string' },
  role: { type: 'string', default: 'user' },
  email: { type: 'string' },
  name: { type: 'string' },
  days: { type: 'string', default: '30' },
} as const

await command({ usage: TOKEN_USAGE, options: TOKEN_OPTIONS }, async ({ user, role, email, name, days }) => {
  if (!user) throw new UsageError('--user is required')
  const userId = parseId('--user', user)
  if (role !== 'user' && role !== ADMINISTRATOR) throw new UsageError('--role must be user or admin')
  if (!(Number(days) > 0 && Number(days) <= MAX_DAYS)) throw new UsageError(`--days must be a positive number of at most ${MAX_DAYS}`)
  const config = await withSecret(parseConfig(process.env))
  if (config.auth.jwksUrl) {
    throw new StartError('AUTH_JWKS_URL: only the identity provider can sign tokens; request one from it')
  }
  const profile = { ...(email && { email }), ...(name && { name }) }
  const lifetimeSeconds = Math.round(Number(days) * DAY_SECONDS)
  console.log(await signToken(config, systemClock, { userId, role, ...profile, lifetimeSeconds }))
})
