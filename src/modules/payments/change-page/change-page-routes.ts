import type { FastifyInstance, FastifyReply } from 'fastify'
import { DomainError } from '../../../core/errors.js'
import { formatMoney } from '../../../core/money.js'
import { getBuyer, signInvoiceLink } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { acceptForms, sendPage } from '../customer-page.js'
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
}

/** The page on which a customer confirms a plan change: it shows the effect, and a button makes the change. */
export function changePageRoutes(app: FastifyInstance, services: Services): void {
  const route = { exposeHeadRoute: false, config: { publicPageCost: PAGE_COST } }
  app.register(async (scope) => {
    acceptForms(scope)
    scope.get<PageRequest>(URL, route, (request, reply) =>
      withPage(services, reply, request.params['*'], async ({ token, page }) =>
        sendPreview(services, reply, { token, page, planned: await calculatePageChange(services, page), hasChanged: false }),
      ),
    )
    scope.post<PageRequest>(URL, route, (request, reply) =>
      withPage(services, reply, request.params['*'], async (open) => {
        const confirmation = await confirmChange(services, { ...open, shown: parseShown(request.body) })
        return sendConfirmation(services, reply, open, confirmation)
      }),
    )
  })
}

/** Runs the work if the token is valid, and shows its errors as sentences. */
async function withPage(
  { config, clock }: Services,
  reply: FastifyReply,
  token: string,
  work: (open: OpenPage) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const page = readChangePage(config, token)
  if (!page) return sendPage(reply.code(404), config, problemPage('This link is not valid. Go back, and choose the plan again.', null))
  if (page.expiresAt * 1000 <= clock.now().getTime())
    return sendPage(reply.code(410), config, problemPage('This link has expired. Go back, and choose the plan again.', page.cancelUrl))
  try {
    return await work({ token, page })
  } catch (error) {
    const problem = error instanceof DomainError && explainError(error)
    if (!problem) throw error
    return sendPage(reply.code(problem.status), config, problemPage(problem.sentence, page.cancelUrl))
  }
}

interface PreviewedPage extends OpenPage {
  planned: RequestedChange
  hasChanged: boolean
}

async function sendPreview(
  services: Services,
  reply: FastifyReply,
  { token, page, planned, hasChanged }: PreviewedPage,
): Promise<FastifyReply> {
  const { preview, subscription, plan, customer, billing } = planned
  const due = preview.dueNow.minorUnits
  const collection = billing ? 'PROVIDER' : 'INVOICE'
  const html = previewPage({
    action: `${PATH}${token}`,
    rows: previewRows(preview, { from: subscription.planName, to: plan.name }, await pageFormat(services, customer)),
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
  const { successUrl, cancelUrl } = open.page
  switch (confirmation.outcome) {
    case 'DONE':
      return reply.header('cache-control', 'no-store').redirect(successUrl, 303)
    case 'CHANGED':
      return sendPreview(services, reply.code(409), { ...open, planned: confirmation.planned, hasChanged: true })
    case 'SUPERSEDED':
      return sendPage(
        reply.code(409),
        services.config,
        problemPage('This change was replaced or revoked. Go back, and choose the plan again.', cancelUrl),
      )
    case 'PENDING': {
      const { order, preview } = confirmation
      const format = await pageFormat(services, order)
      const html = pendingPage({
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

/** Amounts and dates as on the customer's invoices. */
async function pageFormat(services: Services, customer: Parameters<typeof getBuyer>[2]): Promise<PageFormat> {
  const { locale } = await getBuyer(services.db, services, customer)
  const { timeZone } = services.config.invoices
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone })
  return { money: (amount) => formatMoney(amount, locale), date: (at) => days.format(at) }
}

/** Parses the time and the amount that the page showed; null if the form does not contain them. */
function parseShown(form: URLSearchParams | undefined): ShownAmount | null {
  const [when, due] = [form?.get('when'), form?.get('due')]
  return when && due && /^\d{1,16}$/.test(due) ? { when, due: BigInt(due) } : null
}
