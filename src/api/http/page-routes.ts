import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HOUR_SECONDS } from '../../core/duration.js'
import { DomainError, FORBIDDEN, UNAUTHENTICATED } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import {
  endPageSession,
  findOpenSession,
  findPageLink,
  openPageSession,
  PAGE_PATHS,
  SESSION_HOURS,
  type SessionPage,
} from '../../modules/page-sessions/index.js'
import type { Services } from '../../modules/services.js'
import { ownOrigins } from './allowed-origins.js'
import { PAGES_BUNDLE, pageAssets } from './page-assets.js'
import { clearPageCookie, readPageCookie, setPageCookie } from './page-cookies.js'
import { PageHtml } from './page-html.js'
import { logoRoute } from './page-logo.js'

/** Points of the address: a link is a query, and its text can be guessed by nobody. */
const LINK_COST = 10
/** People can sign in while billing is disabled: administrators to enable it, and customers to read that it is. */
const LINK_ROUTE = { publicPageCost: LINK_COST, isOpenWhileDisabled: true }
const LINK_STATUS = { READY: 200, OPENED: 410, EXPIRED: 410, INVALID: 404 } as const

const openSchema = z.object({ token: z.string('must be a string').max(100, 'must be at most 100 characters long') })

/** The pages for people: their HTML, their files, and the routes that sign in and out. */
export async function pageRoutes(app: FastifyInstance, services: Services): Promise<void> {
  const { config } = services
  pageAssets(app, PAGES_BUNDLE)
  const logoUrl = await logoRoute(app, config)
  for (const name of config.pages) {
    const page = name === 'portal' ? 'PORTAL' : 'ADMIN'
    const html = new PageHtml(`${name}.html`, config, logoUrl)
    htmlRoutes(app, services, { page, html })
    sessionRoutes(app, services, page)
  }
}

interface ServedPage {
  page: SessionPage
  html: PageHtml
}

function htmlRoutes(app: FastifyInstance, services: Services, { page, html }: ServedPage): void {
  const root = PAGE_PATHS[page]
  const hasCookie = (request: FastifyRequest) => readPageCookie(request, services.config, page) !== undefined
  // The page itself decides by the rest of the path what it shows.
  for (const url of [root, `${root}/*`]) app.get(url, (request, reply) => html.send(reply, { hasCookie: hasCookie(request) }))
  // Opening the page changes nothing, so that programs which check the links of mails do not use them up.
  app.get<{ Params: { token: string } }>(
    `${root}/session/:token`,
    { exposeHeadRoute: false, config: LINK_ROUTE },
    async (request, reply) => {
      const { state, session } = await findPageLink(services, page, request.params.token)
      const current = session && (await findOpenSession(services, page, readPageCookie(request, services.config, page)))
      const isReopened = state === 'OPENED' && current?.id === session?.id
      if (session && isReopened) return reply.header('cache-control', 'no-store').redirect(session.returnPath, 303)
      // Nobody is signed in as another user without noticing it.
      const replacesUser = current !== null && current.userId !== session?.userId
      const link = { state, needsButton: replacesUser || (session?.needsButton ?? false) }
      return html.send(reply.code(LINK_STATUS[state]), { hasCookie: hasCookie(request), link })
    },
  )
}

function sessionRoutes(app: FastifyInstance, services: Services, page: SessionPage): void {
  const { config } = services
  const url = `${PAGE_PATHS[page]}/session`
  app.post(url, { config: LINK_ROUTE }, async (request, reply) => {
    assertFromOwnPage(request, services)
    const { token } = parseInput(openSchema, '', request.body)
    const opened = await openPageSession(services, page, token)
    if (!opened) throw new DomainError(UNAUTHENTICATED, 'This link was used before, has expired or is incomplete; request a new one')
    // The cookie of an earlier session is overwritten, so nobody could end it any more.
    await endPageSession(services, page, readPageCookie(request, config, page))
    setPageCookie(reply, config, page, { value: opened.cookie, maxAge: SESSION_HOURS * HOUR_SECONDS })
    const { returnPath, organisationId, expiresAt } = opened
    return sendPrivate(reply, { returnPath, organisationId, expiresAt })
  })
  app.delete(url, async (request, reply) => {
    assertFromOwnPage(request, services)
    await endPageSession(services, page, readPageCookie(request, config, page))
    clearPageCookie(reply, config, page)
    return sendPrivate(reply, {})
  })
}

function sendPrivate(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('cache-control', 'no-store').send(body)
}

/**
 * Another site could sign its visitors in as somebody else, or out. Browsers send `Origin` with these methods.
 * @throws FORBIDDEN
 */
function assertFromOwnPage({ headers }: FastifyRequest, { config }: Services): void {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isOwn =
    origin !== undefined && ownOrigins(host, config.publicUrl).includes(origin) && (site === undefined || site === 'same-origin')
  if (!isOwn) throw new DomainError(FORBIDDEN, 'Only the pages of this server may sign in or out')
}
