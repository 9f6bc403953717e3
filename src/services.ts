import type { Config } from './config.js'
import type { Clock } from './core/clock.js'
import { DomainError } from './core/errors.js'
import type { FindUnprintable } from './core/printable.js'
import type { Database } from './database/client.js'
import type { PaymentProvider } from './providers/provider.js'

/** The billing feature flag, as this process last read it. */
export interface Flag {
  readonly enabled: boolean
  /** Reads it from the database. */
  look(): Promise<void>
}

/** @throws FEATURE_DISABLED while billing is switched off */
export function requireBilling({ enabled }: Flag): void {
  if (!enabled) throw new DomainError('FEATURE_DISABLED', 'Billing is switched off')
}

/** What a use-case works with: handed in, never imported, so that tests bring their own. */
export interface Services {
  readonly db: Database
  readonly clock: Clock
  readonly config: Config
  readonly flag: Flag
  readonly findUnprintable: FindUnprintable
  /** Who takes payments; null where nobody does. */
  readonly payments: PaymentProvider | null
}
