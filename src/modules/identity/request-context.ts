import type DataLoader from 'dataloader'
import { DomainError } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import type { ReadReplica, Services } from '../services.js'
import { isApiKeyPrincipal, type Principal, type UserPrincipal } from './principal.js'

/** Makes a loader of one kind; each request has its own, so nothing read for one viewer is shown to another. */
export type LoaderFactory<K, V> = (services: Services) => DataLoader<K, V>

/** The request, as far as it matters here. */
interface RequestOrigin {
  readonly ip: string
  readonly log: Logger
}

interface Restrictions {
  /** Whether mutations are refused: nothing shows that a page of ours has sent the cookie. */
  readOnly?: boolean
}

/** What every resolver gets. */
export class RequestContext {
  services: Services
  /** Who asks, if it is a person. */
  readonly user: UserPrincipal | undefined
  /** Where the request comes from: an IP address. */
  readonly address: string
  /** Of the request: every line has its number. */
  readonly log: Logger
  /**
   * What is found out about the answer while it is made; `prepaid` is what its document has cost already. An object, because Apollo
   * passes on a copy of the context.
   */
  readonly response = { isCatalogue: false, cost: 0, operation: '', prepaid: 0 }
  /** A person or a service of the panel, if anybody has signed in. */
  readonly principal: Principal | undefined
  /** Mutations are refused. */
  readonly isReadOnly: boolean
  /** Not a #private field: Apollo hands on a copy of the context. */
  private readonly loaders = new Map<unknown, unknown>()

  constructor(services: Services, caller: Principal | undefined, { ip, log }: RequestOrigin, { readOnly = false }: Restrictions = {}) {
    this.services = services
    this.address = ip
    this.log = log
    this.principal = caller
    this.isReadOnly = readOnly
    this.user = isApiKeyPrincipal(caller) ? undefined : caller
  }

  /** A person or a service of the panel. @throws UNAUTHENTICATED when nobody has signed in */
  get requiredPrincipal(): Principal {
    if (!this.principal) throw new DomainError('UNAUTHENTICATED', 'Sign in: send a token as "Authorization: Bearer …"')
    return this.principal
  }

  /** @throws UNAUTHENTICATED when nobody is signed in, FORBIDDEN for an API key */
  get requiredUser(): UserPrincipal {
    const { requiredPrincipal: caller } = this
    if (isApiKeyPrincipal(caller)) throw new DomainError('FORBIDDEN', "This is a person's to ask: an API key cannot")
    return caller
  }

  /** What was read before is read again: for a context that outlives one answer. */
  clearLoaders(): void {
    this.loaders.clear()
  }

  /** Reads from a copy of the database from now on. */
  useReplica({ db, rawQuery: rows }: ReadReplica): void {
    this.services = { ...this.services, db, rawQuery: rows }
  }

  loader<K, V>(factory: LoaderFactory<K, V>): DataLoader<K, V> {
    const existing = this.loaders.get(factory) as DataLoader<K, V> | undefined
    const loader = existing ?? factory(this.services)
    if (!existing) this.loaders.set(factory, loader)
    return loader
  }
}
