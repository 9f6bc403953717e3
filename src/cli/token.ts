import { parseArgs } from 'node:util'
import { parseConfig } from '../config.js'
import { systemClock } from '../core/clock.js'
import { StartError } from '../core/errors.js'
import { parseId } from '../core/input.js'
import { withSecret } from '../demo/demo-secret.js'
import { signToken } from '../identity/token.js'
import { ADMINISTRATOR } from '../identity/viewer.js'
import { command } from './command.js'

const A_DAY = 86_400

/** npm run token -- --user 55 --role admin: prints a token for the configured secret. */
await command(async () => {
  const { values } = parseArgs({
    options: {
      user: { type: 'string' },
      role: { type: 'string', default: 'user' },
      email: { type: 'string' },
      name: { type: 'string' },
      days: { type: 'string', default: '30' },
    },
  })
  const { user, role, email, name } = values
  const days = Number(values.days)
  if (!user) throw new TypeError('say whose token: npm run token -- --user 55 [--role admin] [--email …] [--name …] [--days 30]')
  if (role !== 'user' && role !== ADMINISTRATOR) throw new TypeError('--role must be user or admin')
  if (!(days > 0 && days <= 3650)) throw new TypeError('--days must be between 1 and 3650')
  const config = await withSecret(parseConfig(process.env))
  if (!config.auth.secret) throw new StartError('AUTH_JWKS_URL: tokens come from the identity provider, there is no secret to sign with')
  const profile = { ...(email && { email }), ...(name && { name }) }
  console.log(await signToken(config, systemClock, { userId: parseId('--user', user), role, ...profile, lifetimeSeconds: days * A_DAY }))
})
