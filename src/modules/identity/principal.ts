import type { ApiKeyScope } from './identity.enums.js'

/** The role of administrators, for @Authorized. */
export const ADMINISTRATOR = 'admin'
/** For @Authorized in combination with API key scopes: any signed-in user. */
export const USER = 'user'

export type Role = typeof USER | typeof ADMINISTRATOR

/** A user as the sender of a request: the panel's id of the user, and the role. */
export interface UserPrincipal {
  readonly userId: string
  readonly role: Role
  /** The session of a page of this server whose cookie authenticates the user; undefined otherwise. */
  readonly pageSessionId?: bigint
}

/** A service of the panel with an API key. The scopes of the key apply to the data of all customers. */
export interface ApiKeyPrincipal {
  readonly keyId: bigint
  readonly scopes: readonly ApiKeyScope[]
}

export type Principal = UserPrincipal | ApiKeyPrincipal

export function isApiKeyPrincipal(principal: Principal | undefined): principal is ApiKeyPrincipal {
  return principal !== undefined && 'keyId' in principal
}

export function isAdministrator(principal: Principal | undefined): boolean {
  return principal !== undefined && !isApiKeyPrincipal(principal) && principal.role === ADMINISTRATOR
}

/** The name of a principal in the audit log and in idempotency keys. */
export function principalName(principal: Principal): string {
  return isApiKeyPrincipal(principal) ? `key:${principal.keyId}` : `user:${principal.userId}`
}
