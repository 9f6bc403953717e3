import { defineModule } from '../define-module.js'
import { purgePageSessions } from './end-page-sessions.js'
import { PAGE_DISABLED } from './page-session.errors.js'
import { PageSessionResolver } from './page-session.resolver.js'

export const pageSessions = defineModule({
  resolvers: [PageSessionResolver],
  errors: [PAGE_DISABLED],
  cron: { purge: ({ services }) => purgePageSessions(services) },
})
