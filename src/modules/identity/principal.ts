import type { ApiKeyScope } from '../../platform/postgres/generated/enums.js'

/** What a token can say of its bearer, as @Authorized takes it. */
export const ADMINISTRATOR = 'admin'
/** For @Authorized beside scopes: whoever is signed in as a person. */
export const USER = 'user'

export type Role = typeof USER | typeof ADMINISTRATOR

/** A person who asks: the panel's numeric user id, and whether that is an administrator. */
export interface Viewer {
  readonly userId: number
  readonly role: Role
}

/** A service of the panel that asks, by its API key: it may do what the scopes of the key say, for everybody. */
export interface Service {
  readonly keyId: number
  readonly scopes: readonly ApiKeyScope[]
}

export type Caller = Viewer | Service

export function isService(caller: Caller | undefined): caller is Service {
  return caller !== undefined && 'keyId' in caller
}

export function isAdministrator(caller: Caller | undefined): boolean {
  return caller !== undefined && !isService(caller) && caller.role === ADMINISTRATOR
}

/** How the audit log and idempotency keys name who asks. */
export function callerName(caller: Caller): string {
  return isService(caller) ? `key:${caller.keyId}` : `user:${caller.userId}`
}
