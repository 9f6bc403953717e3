import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../../../core/errors.js'
import { formatMoney } from '../../../core/money.js'
import { signInvoiceLink } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { acceptForms, sendPage } from '../customer-page.js'
import { findPageTexts } from '../find-page-texts.js'
import type { PageTexts } from '../i18n/languages.js'
import type { RequestedChange } from '../plan-change-preview.js'
import { type PageFormat, previewRows, type ShownAmount } from './change-page.rules.js'
import { type ChangePage, readChangePage } from './change-page-token.js'
import { pendingPage, previewPage, problemPage } from './change-page-view.js'
import { type Confirmation, calculatePageChange, confirmChange } from './confirm-change.js'
import { explainError } from './explain-error.js'

/** Points. */
const PAGE_COST = 10
/** A parameter in the path would be limited to 100 characters. */
const URL = '/change-plan/*'
const PATH = '/change-plan/'

interface PageRequest {
  Params: { '*': string }
  Body: URLSearchParams | undefined
}

/** A request with a valid token. */
interface OpenPage {
  token: string
  page: ChangePage
  texts: PageTexts
}

/** The page on which a customer confirms a plan change: it shows the effect, and a button makes the change. */
export function changePageRoutes(app: FastifyInstance, services: Services): void {
  const route = { exposeHeadRoute: false, config: { publicPageCost: PAGE_COST } }
  app.register(async (scope) => {
    acceptForms(scope)
    scope.get<PageRequest>(URL, route, (request, reply) =>
      withPage(services, request, reply, async (open) =>
        sendPreview(services, reply, { ...open, planned: await calculatePageChange(services, open.page), hasChanged: false }),
      ),
    )
    scope.post<PageRequest>(URL, route, (request, reply) =>
      withPage(services, request, reply, async (open) => {
        const confirmation = await confirmChange(services, { ...open, shown: parseShown(request.body) })
        return sendConfirmation(services, reply, open, confirmation)
      }),
    )
  })
}

/** Runs the work if the token is valid, and shows its errors as sentences. */
async function withPage(
  services: Services,
  { headers, params: { '*': token } }: FastifyRequest<PageRequest>,
  reply: FastifyReply,
  work: (open: OpenPage) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const { config, clock } = services
  const page = readChangePage(config, token)
  const texts = await findPageTexts(services, { headers, customer: page })
  const { change } = texts.messages
  if (!page) return sendPage(reply.code(404), config, problemPage(texts, change.invalidLink, null))
  if (page.expiresAt * 1000 <= clock.now().getTime())
    return sendPage(reply.code(410), config, problemPage(texts, change.expiredLink, page.cancelUrl))
  try {
    return await work({ token, page, texts })
  } catch (error) {
    const problem = error instanceof DomainError && explainError(error, texts.messages)
    if (!problem) throw error
    return sendPage(reply.code(problem.status), config, problemPage(texts, problem.sentence, page.cancelUrl))
  }
}

interface PreviewedPage extends OpenPage {
  planned: RequestedChange
  hasChanged: boolean
}

async function sendPreview(
  services: Services,
  reply: FastifyReply,
  { token, page, texts, planned, hasChanged }: PreviewedPage,
): Promise<FastifyReply> {
  const { preview, subscription, plan, billing } = planned
  const due = preview.dueNow.minorUnits
  const collection = billing ? 'PROVIDER' : 'INVOICE'
  const html = previewPage({
    texts,
    action: `${PATH}${token}`,
    rows: previewRows(preview, { from: subscription.planName, to: plan.name }, pageFormat(services, texts), texts.messages),
    isEstimate: preview.isEstimate,
    payment: due > 0n ? collection : null,
    hasChanged,
    shown: { when: preview.when, due: due.toString() },
    cancelUrl: page.cancelUrl,
  })
  return sendPage(reply, services.config, html, [page.successUrl, page.cancelUrl])
}

async function sendConfirmation(
  services: Services,
  reply: FastifyReply,
  open: OpenPage,
  confirmation: Confirmation,
): Promise<FastifyReply> {
  const { texts, page } = open
  const { successUrl, cancelUrl } = page
  switch (confirmation.outcome) {
    case 'DONE':
      return reply.header('cache-control', 'no-store').redirect(successUrl, 303)
    case 'CHANGED':
      return sendPreview(services, reply.code(409), { ...open, planned: confirmation.planned, hasChanged: true })
    case 'SUPERSEDED':
      return sendPage(reply.code(409), services.config, problemPage(texts, texts.messages.change.superseded, cancelUrl))
    case 'PENDING': {
      const { order, preview } = confirmation
      const format = pageFormat(services, texts)
      const html = pendingPage({
        texts,
        planName: order.planName ?? '',
        amount: format.money(preview.dueNow),
        expiresOn: order.expiresAt ? format.date(order.expiresAt) : '',
        proFormaUrl: signInvoiceLink(services.config, { purpose: 'order-invoice', id: order.id }, services.clock.now()),
        successUrl,
      })
      return sendPage(reply, services.config, html)
    }
  }
}

function pageFormat({ config }: Services, { locale }: PageTexts): PageFormat {
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: config.invoices.timeZone })
  return { money: (amount) => formatMoney(amount, locale), date: (at) => days.format(at) }
}

/** Parses the time and the amount that the page showed; null if the form does not contain them. */
function parseShown(form: URLSearchParams | undefined): ShownAmount | null {
  const [when, due] = [form?.get('when'), form?.get('due')]
  return when && due && /^\d{1,16}$/.test(due) ? { when, due: BigInt(due) } : null
}
