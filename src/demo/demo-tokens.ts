import type { Config } from '../config/config.js'
import type { Clock } from '../core/clock.js'
import { HOUR_SECONDS } from '../core/duration.js'
import { ADMINISTRATOR, signToken, USER } from '../modules/identity/index.js'

/** An administrator's link that is left in a terminal is worthless the next day. */
export const DEMO_TOKEN_HOURS = 12
const MAX_LIFETIME_SECONDS = DEMO_TOKEN_HOURS * HOUR_SECONDS

export const DEMO_CUSTOMER = { userId: 55, email: 'ada@example.com', name: 'Ada Lovelace' }
export const DEMO_ADMINISTRATOR = { userId: 1, email: 'grace@example.com', name: 'Grace Hopper' }

/** Whether the demo's own secret signs tokens. With a secret of the operator nothing is signed unasked. */
export function signsDemoTokens({ production, auth }: Config): boolean {
  return !production && auth.isDemoSecret && auth.secret !== undefined
}

/** The address of the explorer with a token in its fragment, which a browser sends to no server. */
export async function demoAddress(config: Config, clock: Clock): Promise<string> {
  const token = await signToken(config, clock, { ...DEMO_ADMINISTRATOR, role: ADMINISTRATOR, lifetimeSeconds: MAX_LIFETIME_SECONDS })
  return `${config.publicUrl}/graphql#token=${token}`
}

/** @param until  when the administrator's token expires, which the customer's does not outlive */
export function customerToken(config: Config, clock: Clock, until: Date): Promise<string> {
  const remaining = Math.floor((until.getTime() - clock.now().getTime()) / 1000)
  const lifetimeSeconds = Math.max(0, Math.min(remaining, MAX_LIFETIME_SECONDS))
  return signToken(config, clock, { ...DEMO_CUSTOMER, role: USER, lifetimeSeconds })
}
