import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql'
import { ADMINISTRATOR, ApiKeyScope, type RequestContext } from '../identity/index.js'
import { createPortalSession } from './create-portal-session.js'
import { endPortalSessions } from './end-page-sessions.js'
import {
  CreatePortalSessionInput,
  CreatePortalSessionPayload,
  EndPortalSessionsInput,
  EndPortalSessionsPayload,
} from './page-session.type.js'

const REQUIRES_PORTAL = 'Requires the administrator role or an API key with the PORTAL scope.'

@Resolver()
export class PageSessionResolver {
  @Mutation(() => CreatePortalSessionPayload, {
    description: `Creates a link that signs a user in to the portal. It can be opened once, within 15 minutes, and the session lasts 12 hours. ${REQUIRES_PORTAL}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.PORTAL)
  createPortalSession(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => CreatePortalSessionInput, { description: 'The user, and what the portal shows first.' })
    input: CreatePortalSessionInput,
  ) {
    return createPortalSession(services, requiredPrincipal, input)
  }

  @Mutation(() => EndPortalSessionsPayload, {
    description: `Signs a user out of the portal in every browser, and invalidates links that were not opened. ${REQUIRES_PORTAL}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.PORTAL)
  async endPortalSessions(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => EndPortalSessionsInput, { description: 'The user.' }) input: EndPortalSessionsInput,
  ) {
    return { count: await endPortalSessions(services, requiredPrincipal, input) }
  }
}
