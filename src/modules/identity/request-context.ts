import type DataLoader from 'dataloader'
import { DomainError, FORBIDDEN, UNAUTHENTICATED } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import type { RateLimitStatus } from '../../platform/rate-limit/rate-limiter.js'
import type { ReadReplica, Services } from '../services.js'
import { isApiKeyPrincipal, type Principal, type UserPrincipal } from './principal.js'

/**
 * Creates a loader. Each request has its own loaders, so data read for one principal is never shown to
 * another.
 */
export type LoaderFactory<K, V> = (services: Services) => DataLoader<K, V>

/** The part of an HTTP request that the context needs. */
interface RequestOrigin {
  readonly ip: string
  readonly log: Logger
}

interface Restrictions {
  /**
   * Whether mutations are rejected, because nothing proves that the session cookie was sent by an allowed
   * origin.
   */
  readOnly?: boolean
}

interface ResponseFacts {
  /** Whether it is the same for all principals but administrators, until a plan changes. */
  isCacheable: boolean
  /** Points. */
  cost: number
  /** The value of `extensions.cost`. */
  costExtension: object | undefined
  /** Kind and name of the operation. */
  operation: string
  /** Points that were consumed for the operation before it was parsed. */
  prepaid: number
  /** The rate limit after that. */
  budget: RateLimitStatus | undefined
}

/** The context of every resolver. */
export class RequestContext {
  services: Services
  /** The principal, if it is a user. */
  readonly user: UserPrincipal | undefined
  /** IP address of the client. */
  readonly address: string
  /** Logger of the request, which adds the request id to every line. */
  readonly log: Logger
  /**
   * Facts about the response that are collected while it is produced. This is an object because Apollo passes on a copy
   * of the context.
   */
  readonly response: ResponseFacts = { isCacheable: false, cost: 0, costExtension: undefined, operation: '', prepaid: 0, budget: undefined }
  /** The user or API key; undefined if the request is anonymous. */
  readonly principal: Principal | undefined
  /** Whether mutations are rejected. */
  readonly isReadOnly: boolean
  /** Not a #private field, because Apollo passes on a copy of the context. */
  private readonly loaders = new Map<unknown, unknown>()

  constructor(services: Services, principal: Principal | undefined, { ip, log }: RequestOrigin, { readOnly = false }: Restrictions = {}) {
    this.services = services
    this.address = ip
    this.log = log
    this.principal = principal
    this.isReadOnly = readOnly
    this.user = isApiKeyPrincipal(principal) ? undefined : principal
  }

  /** The user or API key. @throws UNAUTHENTICATED for an anonymous request */
  get requiredPrincipal(): Principal {
    if (!this.principal) throw new DomainError(UNAUTHENTICATED, 'Sign in: send a token as "Authorization: Bearer …"')
    return this.principal
  }

  /** @throws UNAUTHENTICATED for an anonymous request, FORBIDDEN for an API key */
  get requiredUser(): UserPrincipal {
    const { requiredPrincipal } = this
    if (isApiKeyPrincipal(requiredPrincipal)) {
      throw new DomainError(FORBIDDEN, 'This operation requires a user token; API keys are not allowed')
    }
    return requiredPrincipal
  }

  /** Drops all loaders, so that data is read again. For a context that outlives one response. */
  clearLoaders(): void {
    this.loaders.clear()
  }

  /** Sends all further reads to the read replica. */
  useReplica({ db, rawQuery }: ReadReplica): void {
    this.services = { ...this.services, db, rawQuery }
  }

  loader<K, V>(factory: LoaderFactory<K, V>): DataLoader<K, V> {
    const existing = this.loaders.get(factory) as DataLoader<K, V> | undefined
    const loader = existing ?? factory(this.services)
    if (!existing) this.loaders.set(factory, loader)
    return loader
  }
}
