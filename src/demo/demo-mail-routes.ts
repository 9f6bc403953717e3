import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { acceptedLocale } from '../core/accepted-locale.js'
import { DomainError, NOT_FOUND } from '../core/errors.js'
import { parseId } from '../core/ids.js'
import { isLocale } from '../core/input.js'
import { findLanguage, LANGUAGES } from '../core/languages.js'
import { isLoopbackHost } from '../core/loopback.js'
import { signInvoiceLink } from '../modules/invoicing/index.js'
import {
  createPortalLink,
  findRecipient,
  hasPortal,
  type LoadMailLogo,
  type ReadableMail,
  type RenderedMail,
  readableMail,
  renderMail,
} from '../modules/mail/index.js'
import type { Services } from '../modules/services.js'
import { type DemoMailReader, mailListPage, mailPage, waitingMailPage } from './demo-mail-pages.js'
import { DEMO_MAIL_TEXTS } from './demo-mail-texts.js'

const MAX_LISTED_MAILS = 200

interface MailRequest {
  Params: { id: string }
  Querystring: { locale?: unknown }
}

type StoredMail = NonNullable<Awaited<ReturnType<Services['db']['mail']['findUnique']>>>

/**
 * The mails of a demo: a list and each mail, as its recipient sees it. Everybody on this machine may read them, so the pages
 * exist in demo mode only, and only under a name of this machine, which pages of other sites cannot use.
 */
export function demoMailRoutes(app: FastifyInstance, services: Services, loadLogo: LoadMailLogo): void {
  const { db, config } = services
  if (config.production) return
  const render = async (mail: ReadableMail, { id }: StoredMail) => {
    const file = await loadLogo()
    const logo = file && { ...file, url: `data:${file.contentType};base64,${file.content.toString('base64')}` }
    return renderMail(services, mail, { logo, portalUrl: hasPortal(config) ? `${config.publicUrl}/demo/mail/${id}/portal` : null })
  }
  const isLocal = ({ hostname }: FastifyRequest) => isLoopbackHost(hostname)

  const getMail = async (request: FastifyRequest<MailRequest>): Promise<StoredMail> => {
    assertLocal(isLocal(request))
    const mail = await db.mail.findUnique({ where: { id: parseId('id', request.params.id, 'Mail') } })
    if (!mail) throw new DomainError(NOT_FOUND, 'This mail does not exist')
    return mail
  }

  app.get('/demo/mail', async (request, reply) => {
    assertLocal(isLocal(request))
    const reader = readerOf(request)
    const mails = await db.mail.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: MAX_LISTED_MAILS })
    const listed = await Promise.all(
      mails.map(async (mail) => {
        const readable = readableMail(mail)
        return describe(reader, mail, readable && (await render(readable, mail)))
      }),
    )
    return sendPage(reply, mailListPage(reader, { mails: listed, isSent: config.mail !== undefined, pages: config.pages }))
  })

  app.get<MailRequest>('/demo/mail/:id', async (request, reply) => {
    const mail = await getMail(request)
    const readable = inLocale(readableMail(mail), request.query.locale)
    const reader = readerOf(request)
    if (!readable) return sendPage(reply, waitingMailPage(reader))
    const rendered = await render(readable, mail)
    const shown = findLanguage(readable.locale) ?? 'en'
    return sendPage(
      reply,
      mailPage(reader, {
        ...describe(reader, mail, rendered),
        from: config.mail ? `${config.mail.from.name} <${config.mail.from.address}>` : config.invoices.issuer.company,
        text: rendered.text,
        note: mail.error,
        languages: LANGUAGES.map((code) => ({ code, isShown: code === shown })),
        attachments: readable.content.documents.map(({ id, number }) => ({
          name: `${number}.pdf`,
          url: signInvoiceLink(config, { purpose: 'invoice', id: BigInt(id) }, services.clock.now()),
        })),
        htmlUrl: `/demo/mail/${mail.id}/html?locale=${encodeURIComponent(readable.locale)}`,
      }),
    )
  })

  app.get<MailRequest>('/demo/mail/:id/html', async (request, reply) => {
    const mail = await getMail(request)
    const readable = inLocale(readableMail(mail), request.query.locale)
    return sendMailHtml(reply, readable ? (await render(readable, mail)).html : '')
  })

  // A mail that is shown contains this address in place of the link, so that no link is created before it is pressed.
  app.get<MailRequest>('/demo/mail/:id/portal', { exposeHeadRoute: false }, async (request, reply) => {
    const mail = await getMail(request)
    const readable = readableMail(mail)
    const { userId } = await findRecipient(db, mail, config.invoices.locale)
    const url = readable && (await createPortalLink(services, readable, userId))
    if (!url) throw new DomainError(NOT_FOUND, 'This mail has no link to the portal')
    return reply.header('cache-control', 'no-store').redirect(url, 303)
  })
}

function assertLocal(isLocal: boolean): void {
  if (!isLocal) throw new DomainError(NOT_FOUND, 'The mails of a demo are shown under the name localhost only')
}

function inLocale(mail: ReadableMail | undefined, locale: unknown): ReadableMail | undefined {
  return mail && typeof locale === 'string' && isLocale(locale) ? { ...mail, locale } : mail
}

function readerOf({ headers }: FastifyRequest): DemoMailReader {
  const language = findLanguage(acceptedLocale(headers) ?? '') ?? 'en'
  return { language, texts: DEMO_MAIL_TEXTS[language] }
}

function describe({ texts }: DemoMailReader, mail: StoredMail, rendered: RenderedMail | undefined) {
  const { id, recipient, createdAt, status, kind } = mail
  return {
    id: String(id),
    subject: rendered?.subject ?? kind,
    recipient: recipient ?? texts.noAddress,
    time: `${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    status: texts.statuses[status],
    hasFailed: status === 'FAILED' || status === 'BOUNCED',
  }
}

const PAGE_POLICY = {
  'default-src': ["'none'"],
  'style-src': ["'unsafe-inline'"],
  'frame-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  reply.setSecurityHeaders({ directives: PAGE_POLICY })
  return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
}

/** It runs no scripts and loads nothing, also if it is opened outside its frame. */
const MAIL_POLICY = {
  'default-src': ["'none'"],
  'img-src': ['data:'],
  'style-src': ["'unsafe-inline'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'self'"],
  sandbox: ['allow-popups', 'allow-popups-to-escape-sandbox'],
}

function sendMailHtml(reply: FastifyReply, html: string): FastifyReply {
  // Its links open in a new tab, because its frame cannot navigate.
  const framed = html.replace('<head>', '<head><base target="_blank">')
  reply.setSecurityHeaders({
    directives: MAIL_POLICY,
    xFrameOptions: { action: 'sameorigin' },
  })
  return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(framed)
}
