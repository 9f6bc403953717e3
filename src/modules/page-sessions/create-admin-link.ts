import { TERMINAL } from '../audit/index.js'
import { createUserProvisioner } from '../identity/index.js'
import type { Services } from '../services.js'
import { createPageLink, type PageLink } from './create-page-link.js'

interface Administrator {
  userId: string
  email?: string | undefined
  name?: string | undefined
  /** How long the link can be opened. */
  lifetimeMs?: number
}

/** Creates a link that signs an administrator in to /admin once. Only the terminal of the server can. @throws PAGE_DISABLED */
export async function createAdminLink(
  services: Pick<Services, 'config' | 'db' | 'tokenClock'>,
  administrator: Administrator,
): Promise<PageLink> {
  const { userId, email, name, lifetimeMs } = administrator
  const provisionUser = createUserProvisioner(services.db)
  await provisionUser({ principal: { userId, role: 'admin' }, expiresAt: services.tokenClock.now(), email, name })
  return createPageLink(services, TERMINAL, { page: 'ADMIN', userId, ...(lifetimeMs !== undefined && { lifetimeMs }) })
}
