import type { Config } from '../config/config.js'
import type { Clock } from '../core/clock.js'
import { HOUR_SECONDS } from '../core/duration.js'
import { ADMINISTRATOR, signToken, USER } from '../modules/identity/index.js'

/** Short enough that an administrator's link left in a terminal is useless the next day. */
export const DEMO_TOKEN_HOURS = 12
const MAX_LIFETIME_SECONDS = DEMO_TOKEN_HOURS * HOUR_SECONDS

export const DEMO_CUSTOMER = { userId: '55', email: 'ada@example.com', name: 'Ada Lovelace' }
export const DEMO_ADMINISTRATOR = { userId: '1', email: 'grace@example.com', name: 'Grace Hopper' }

/** Checks whether the demo secret signs tokens. A secret set by the operator never signs demo tokens. */
export function signsDemoTokens({ production, auth }: Config): boolean {
  return !production && auth.isDemoSecret && auth.secret !== undefined
}

/** Returns the URL of the explorer with a token in its fragment, which browsers never send to a server. */
export async function demoAddress(config: Config, clock: Clock): Promise<string> {
  const token = await signToken(config, clock, { ...DEMO_ADMINISTRATOR, role: ADMINISTRATOR, lifetimeSeconds: MAX_LIFETIME_SECONDS })
  return `${config.publicUrl}/graphql#token=${token}`
}

/** @param expiresAt  expiry of the administrator's token, which the customer's token does not outlive */
export function customerToken(config: Config, clock: Clock, expiresAt: Date): Promise<string> {
  const remaining = Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000)
  const lifetimeSeconds = Math.max(0, Math.min(remaining, MAX_LIFETIME_SECONDS))
  return signToken(config, clock, { ...DEMO_CUSTOMER, role: USER, lifetimeSeconds })
}
