import type { Config } from '../config/config.js'
import type { Clock } from '../core/clock.js'
import { DomainError } from '../core/errors.js'
import type { FindMissingGlyph } from '../core/glyph-coverage.js'
import type { Database } from '../platform/postgres/client.js'
import type { Plan } from '../platform/postgres/generated/client.js'
import type { RawQuery } from '../platform/postgres/raw-query.js'
import type { PaymentProvider } from './payments/index.js'

/** The billing feature flag, as this process last read it. */
export interface BillingFlag {
  readonly enabled: boolean
  /** Reads it from the database. */
  refresh(): Promise<void>
}

/** @throws FEATURE_DISABLED while billing is switched off */
export function assertBillingEnabled({ enabled }: BillingFlag): void {
  if (!enabled) throw new DomainError('FEATURE_DISABLED', 'Billing is switched off')
}

/** That an order, or what somebody may use, has changed; what it is now is read when it is wanted. */
export interface ChangeMessage {
  /** Null when it is about limits. */
  readonly orderId: number | null
  readonly userId: number | null
  readonly organisationId: number | null
  /** Owners and admins of the organisation. */
  readonly managers: ReadonlySet<number>
}

/** What changes, as it changes, in whichever process. */
export interface ChangeFeed {
  /** Ends with an error when something may have been missed. */
  subscribe(isWanted: (message: ChangeMessage) => boolean): AsyncIterableIterator<ChangeMessage>
}

/** Every plan as it was read at one moment. */
export interface PlanCatalog {
  /** Cheapest first, hidden and archived ones included. */
  readonly all: readonly Plan[]
  readonly available: readonly Plan[]
  readonly byId: ReadonlyMap<number, Plan>
}

/** The plans for those who only look at them. */
export interface PlanCache {
  /** Another number after every change; undefined while it cannot be known. */
  readonly version: number | undefined
  read(): Promise<PlanCatalog>
  /** What was read before, as long as it counts. */
  readonly current: PlanCatalog | undefined
  /** A plan was changed: what was read before counts no more. */
  invalidate(): void
}

/** A copy of the database, a moment behind. */
export interface ReadReplica {
  readonly db: Database
  readonly rawQuery: RawQuery
  /** @param position  of the main database that must be there already */
  isCaughtUpTo(position: bigint): boolean
}

/** Data to try the server with, which can be replaced as a whole. */
export interface Demo {
  /** Fills the empty database. */
  load(services: Services): Promise<void>
  /** Runs `work`, which replaces the data, or waits for the replacement under way in this process. */
  replace(work: () => Promise<void>): Promise<void>
  /** Registers what drops the caches of this process. */
  onReplaced(listener: () => void): void
  /** The data were replaced, by this process or another one. */
  replaced(): void
}

/** What a use-case works with: handed in, never imported, so that tests bring their own. */
export interface Services {
  readonly db: Database
  readonly rawQuery: RawQuery
  readonly clock: Clock
  readonly config: Config
  readonly flag: BillingFlag
  readonly findMissingGlyph: FindMissingGlyph
  /** Null where there is none. */
  readonly replica: ReadReplica | null
  readonly changeFeed: ChangeFeed
  readonly planCache: PlanCache
  /** Null under production rules. */
  readonly demo: Demo | null
  /** Who takes payments; null where nobody does. */
  readonly payments: PaymentProvider | null
}
