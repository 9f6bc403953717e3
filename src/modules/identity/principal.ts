import type { ApiKeyScope } from '../../platform/postgres/generated/enums.js'

/** What a token can say of its bearer, as @Authorized takes it. */
export const ADMINISTRATOR = 'admin'
/** For @Authorized beside scopes: whoever is signed in as a person. */
export const USER = 'user'

export type Role = typeof USER | typeof ADMINISTRATOR

/** A person who asks: the panel's numeric user id, and whether that is an administrator. */
export interface UserPrincipal {
  readonly userId: number
  readonly role: Role
}

/** A service of the panel that asks, by its API key: it may do what the scopes of the key say, for everybody. */
export interface ApiKeyPrincipal {
  readonly keyId: number
  readonly scopes: readonly ApiKeyScope[]
}

export type Principal = UserPrincipal | ApiKeyPrincipal

export function isApiKeyPrincipal(caller: Principal | undefined): caller is ApiKeyPrincipal {
  return caller !== undefined && 'keyId' in caller
}

export function isAdministrator(caller: Principal | undefined): boolean {
  return caller !== undefined && !isApiKeyPrincipal(caller) && caller.role === ADMINISTRATOR
}

/** How the audit log and idempotency keys name who asks. */
export function principalName(caller: Principal): string {
  return isApiKeyPrincipal(caller) ? `key:${caller.keyId}` : `user:${caller.userId}`
}
