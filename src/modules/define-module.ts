import type { FastifyInstance } from 'fastify'
import type { ErrorDefinition } from '../core/errors.js'
import type { CustomerIdType, IdType } from '../core/ids.js'
import type { Logger } from '../core/logger.js'
import type { JobHandler } from '../platform/jobs/queue.js'
import type { MailTransport } from '../platform/mail/mail-transport.js'
import type { DatabaseNotification } from '../platform/postgres/notifications.js'
import type { RequestContext } from './identity/request-context.js'
import type { StoredPdf } from './invoicing/storage/stored-pdf.js'
import type { LoadMailLogo } from './mail/mail-logo.js'
import type { Services } from './services.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Marks a page that everybody may open who has its URL: points of the rate limit of their address. It is refused while
     * billing is disabled.
     */
    publicPageCost?: number
    /** Whether such a page is also served while billing is disabled. */
    isOpenWhileDisabled?: boolean
  }
}

export interface MailRuntime {
  /** Null if no sender is configured. */
  readonly transport: MailTransport | null
  readonly loadLogo: LoadMailLogo
}

/** The dependencies of jobs, scheduled steps and notification handlers. */
export interface ModuleRuntime {
  readonly services: Services
  readonly log: Logger
  /** Renders and stores the PDF of an invoice, unless it is stored already. */
  renderInvoice(invoiceId: bigint): Promise<StoredPdf>
  /** How mails are sent. */
  readonly mail: MailRuntime
  /** Starts sending the pending webhook deliveries. */
  deliverWebhooks(): void
}

/**
 * The steps of the job that runs every minute, in order. A requested change of plan precedes the renewal, and
 * a subscription that has ended is not renewed.
 */
export const MINUTE_PHASES = ['expire', 'activate', 'change', 'charge', 'end', 'collect', 'refresh', 'renew', 'remind'] as const

type MinutePhase = (typeof MINUTE_PHASES)[number]

export type ScheduledStep = (runtime: ModuleRuntime) => Promise<unknown> | undefined

export interface ModuleCron {
  readonly everyMinute?: Readonly<Partial<Record<MinutePhase, ScheduledStep>>>
  readonly everyHour?: ScheduledStep
  /** Deletes rows whose retention has ended. Runs every hour. */
  readonly purge?: ScheduledStep
}

/**
 * Reads an object by its id for the principal. The number of statements for many ids is constant.
 * @returns null if it does not exist or the principal may not view it
 */
export type NodeReader<T extends IdType> = (
  context: RequestContext,
  id: T extends CustomerIdType ? string : bigint,
) => Promise<object | null>

/** The parts that a module adds to the server. */
export interface Module {
  /** Resolver classes of type-graphql. */
  readonly resolvers?: readonly (new (
    ...dependencies: never[]
  ) => object)[]
  /** Reads the objects of the types of this module for `node` and `nodes`. */
  readonly nodes?: { readonly [T in IdType]?: NodeReader<T> }
  readonly errors?: readonly ErrorDefinition[]
  readonly jobs?: readonly JobHandler<ModuleRuntime>[]
  readonly cron?: ModuleCron
  readonly notifications?: {
    /** Handlers by key of the notification, such as `plans`. */
    readonly onMessage?: Readonly<Record<string, (runtime: ModuleRuntime, message: DatabaseNotification) => void>>
    /** Messages are received from now on. Earlier ones may have been missed. */
    readonly onConnected?: (runtime: ModuleRuntime) => void
    readonly onDisconnected?: (runtime: ModuleRuntime) => void
  }
  /** Adds HTTP routes outside GraphQL. */
  readonly routes?: (app: FastifyInstance, services: Services) => Promise<void> | void
}

/** Declares a module. Composition merges the modules that modules.ts lists. */
export function defineModule(module: Module): Module {
  return module
}
