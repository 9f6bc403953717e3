import type { Config } from '../config.js'
import type { Clock } from '../core/clock.js'
import { signToken } from '../identity/token.js'
import { ADMINISTRATOR } from '../identity/viewer.js'

const A_MONTH = 2_592_000

export const DEMO_CUSTOMER = { userId: 55, email: 'ada@example.com', name: 'Ada Lovelace' }
export const DEMO_ADMINISTRATOR = { userId: 1, email: 'grace@example.com', name: 'Grace Hopper' }

/** Tokens that the start prints in demo mode. */
export interface DemoTokens {
  customer: string
  administrator: string
}

/** What start-up prints, so that everything can be tried at once. */
export async function demoTokens(config: Config, clock: Clock): Promise<DemoTokens> {
  const [customer, administrator] = await Promise.all([
    signToken(config, clock, { ...DEMO_CUSTOMER, role: 'user', lifetimeSeconds: A_MONTH }),
    signToken(config, clock, { ...DEMO_ADMINISTRATOR, role: ADMINISTRATOR, lifetimeSeconds: A_MONTH }),
  ])
  return { customer, administrator }
}
