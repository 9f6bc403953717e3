/** What a token can say of its bearer, as @Authorized takes it. */
export const ADMINISTRATOR = 'admin'

export type Role = 'user' | typeof ADMINISTRATOR

/** Who asks: the panel's numeric user id, and whether that is an administrator. */
export interface Viewer {
  readonly userId: number
  readonly role: Role
}

export function isAdministrator(viewer: Viewer | undefined): boolean {
  return viewer?.role === ADMINISTRATOR
}

/** How the audit log and idempotency keys name a viewer. */
export function callerName(viewer: Viewer): string {
  return `user:${viewer.userId}`
}
