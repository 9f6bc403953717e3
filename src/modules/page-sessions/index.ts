import 'reflect-metadata'

export { createAdminLink } from './create-admin-link.js'
export { createPageLink } from './create-page-link.js'
export { endAdminSessions, endSessionsOfKey } from './end-page-sessions.js'
export {
  type AuthenticatedSession,
  authenticatePageSession,
  endPageSession,
  findOpenSession,
  findPageLink,
  openPageSession,
  SESSION_HOURS,
} from './open-page-session.js'
export { PAGE_PATHS } from './page-link.rules.js'
export type { SessionPage } from './page-session.enums.js'
export { pageSessions } from './page-sessions.module.js'
