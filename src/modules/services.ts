import type { Config } from '../config/config.js'
import type { Clock } from '../core/clock.js'
import type { FindMissingGlyph } from '../core/input.js'
import type { Database } from '../platform/postgres/client.js'
import type { Plan } from '../platform/postgres/generated/client.js'
import type { DatabaseNotification } from '../platform/postgres/notifications.js'
import type { RawQuery } from '../platform/postgres/raw-query.js'
import type { PaymentProviders } from './payments/payment-provider.port.js'
import type { VatCheck } from './vat-checks/vat-check.port.js'

/** The billing feature flag as this process last read it. */
export interface BillingFlag {
  readonly enabled: boolean
  /** Reads the flag from the database. */
  refresh(): Promise<void>
}

/**
 * Reports that an order or an entitlement has changed. It carries no state: receivers read the current one when
 * they need it.
 */
export interface ChangeMessage {
  /** Null if the entitlement of the customer has changed. */
  readonly orderId: bigint | null
  readonly userId: string | null
  readonly organisationId: string | null
  /** Ids of the owners and admins of the organisation. */
  readonly managers: ReadonlySet<string>
}

/** Changes as they happen, whichever process makes them. */
export interface ChangeFeed {
  /** The iterator fails when changes may have been missed. */
  subscribe(isWanted: (message: ChangeMessage) => boolean): AsyncIterableIterator<ChangeMessage>
  /** Notifies subscribers of a changed order or entitlement. */
  publish(notification: DatabaseNotification): Promise<void>
  /** Disconnects all subscribers, so that they resync. */
  disconnectAll(): void
}

/** All plans, read at one moment. */
export interface PlanCatalog {
  /** Cheapest first, including hidden and archived plans. */
  readonly all: readonly Plan[]
  readonly available: readonly Plan[]
  readonly byId: ReadonlyMap<bigint, Plan>
  /** Of the versions of all rows. Null without plans. */
  readonly fingerprint: string | null
}

/** The plans in memory, for reads that need no transaction. */
export interface PlanCache {
  /** Increases with every change; undefined while this process cannot receive changes. */
  readonly version: number | undefined
  read(): Promise<PlanCatalog>
  /** The cached catalog, or undefined if nothing valid is cached. */
  readonly current: PlanCatalog | undefined
  /** Drops the cached catalog after a plan was changed. */
  invalidate(): void
  /** Sets whether this process receives notifications. Nothing is cached while it does not. */
  setConnected(isConnected: boolean): void
}

/** A streaming copy of the database, slightly behind the primary. */
export interface ReadReplica {
  readonly db: Database
  readonly rawQuery: RawQuery
  /** @param position  LSN of the primary that the replica must have replayed */
  isCaughtUpTo(position: bigint): boolean
}

/** The services that load the demo data. */
export type DemoServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'planCache' | 'providers'>

/** The demo data, which can be replaced as a whole. */
export interface Demo {
  /** Fills the empty database. */
  load(services: DemoServices): Promise<void>
  /**
   * Runs `work`, which replaces the data, or waits for a replacement that this process is already running.
   */
  replace(work: () => Promise<void>): Promise<void>
  /** Registers a listener that drops caches of this process. */
  onReplaced(listener: () => void): void
  /** To be called after this process or another one has replaced the data. */
  replaced(): void
}

/**
 * The dependencies of commands and queries. They are passed in and never imported, so that tests can supply
 * their own.
 */
export interface Services {
  readonly db: Database
  readonly rawQuery: RawQuery
  readonly clock: Clock
  /** The real time, which governs tokens and sessions even when the billing clock has been advanced. */
  readonly tokenClock: Clock
  readonly config: Config
  readonly flag: BillingFlag
  readonly findMissingGlyph: FindMissingGlyph
  /** Null if no read replica is configured. */
  readonly replica: ReadReplica | null
  readonly changeFeed: ChangeFeed
  readonly planCache: PlanCache
  /** Null under production rules. */
  readonly demo: Demo | null
  readonly providers: PaymentProviders
  readonly vatCheck: VatCheck
}
