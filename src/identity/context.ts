import type DataLoader from 'dataloader'
import { DomainError } from '../core/errors.js'
import type { Database } from '../database/client.js'
import type { Services } from '../services.js'
import type { Viewer } from './viewer.js'

/** Makes a loader of one kind; each request has its own, so nothing read for one viewer is shown to another. */
export type LoaderFactory<K, V> = (db: Database) => DataLoader<K, V>

/** What every resolver gets. */
export class Context {
  readonly services: Services
  readonly viewer: Viewer | undefined
  /** Not a #private field: Apollo hands on a copy of the context. */
  private readonly loaders = new Map<unknown, unknown>()

  constructor(services: Services, viewer: Viewer | undefined) {
    this.services = services
    this.viewer = viewer
  }

  /** @throws UNAUTHENTICATED when nobody is signed in */
  get signedIn(): Viewer {
    if (!this.viewer) throw new DomainError('UNAUTHENTICATED', 'Sign in: send a token as "Authorization: Bearer …"')
    return this.viewer
  }

  loader<K, V>(factory: LoaderFactory<K, V>): DataLoader<K, V> {
    const existing = this.loaders.get(factory) as DataLoader<K, V> | undefined
    const loader = existing ?? factory(this.services.db)
    if (!existing) this.loaders.set(factory, loader)
    return loader
  }
}
