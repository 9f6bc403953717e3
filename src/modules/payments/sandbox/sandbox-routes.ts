import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BAD_REQUEST, DomainError } from '../../../core/errors.js'
import { formatMoney } from '../../../core/money.js'
import type { Customer } from '../../identity/index.js'
import { ORDER_NOT_FOUND } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { acceptForms, sendPage } from '../customer-page.js'
import { findPageTexts } from '../find-page-texts.js'
import type { PageTexts } from '../i18n/languages.js'
import { checkoutPage, type PortalRow, portalPage, topUpPage } from './sandbox-pages.js'
import { customerOf, type SandboxCheckout } from './sandbox-records.js'
import type { SandboxTopUp } from './sandbox-top-up.js'

const CHECKOUT_KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface SandboxRequest {
  Params: { key: string; button: string }
}

/** A subscription as its portal shows it. Amounts are minor units. */
export interface SandboxPortal {
  readonly customer: Customer
  readonly planName: string
  readonly isDue: boolean
  /** What the next renewal costs, if no other plan is scheduled. */
  readonly amount: bigint
  readonly currency: string
  /** Null if it is not renewed. */
  readonly renewsAt: Date | null
  readonly endsAt: Date | null
  /** The plan that is scheduled for the end of the period. */
  readonly pendingPlanName: string | null
  /** What the balance of the customer can pay. */
  readonly balance: bigint
}

/** The operations of the pages. */
export interface SandboxPages {
  findCheckout(key: string): Promise<SandboxCheckout | undefined>
  pay(key: string, fails: boolean): Promise<void>
  findTopUp(key: string): Promise<SandboxTopUp | undefined>
  payTopUp(key: string): Promise<void>
  findPortal(key: string): Promise<SandboxPortal | undefined>
  payOverdueInvoice(key: string): Promise<void>
}

type PageServices = Pick<Services, 'config' | 'db'>

/**
 * The pages of the sandbox: a checkout page with plan, price and buttons, one for a top-up, and a portal to pay
 * for a renewal whose card failed.
 */
export function sandboxRoutes(app: FastifyInstance, sandbox: SandboxPages, services: PageServices): void {
  app.register(async (scope) => {
    acceptForms(scope)
    checkoutRoutes(scope, sandbox, services)
    topUpRoutes(scope, sandbox, services)
    portalRoutes(scope, sandbox, services)
  })
}

function checkoutRoutes(app: FastifyInstance, sandbox: SandboxPages, services: PageServices): void {
  const getCheckout = async (key: string): Promise<SandboxCheckout> => {
    const checkout = CHECKOUT_KEY.test(key) ? await sandbox.findCheckout(key) : undefined
    if (!checkout) throw new DomainError(ORDER_NOT_FOUND, 'This checkout does not exist; create a new one')
    return checkout
  }
  const sendCheckout = async (
    request: FastifyRequest<SandboxRequest>,
    reply: FastifyReply,
    checkout: SandboxCheckout,
    declined = false,
  ) => {
    const { headers, params } = request
    const { key } = params
    const { planName, amount, currency, interval, successUrl, cancelUrl } = checkout
    const texts = await findPageTexts(services, { headers, customer: customerOf(checkout) })
    const price = formatMoney({ minorUnits: amount, currency }, texts.locale)
    const page = checkoutPage({ texts, key, planName, price, interval, declined, paid: checkout.subscriptionId !== null, successUrl })
    return sendPage(reply, services.config, page, [successUrl, cancelUrl])
  }
  app.get<SandboxRequest>('/sandbox/checkout/:key', async (request, reply) =>
    sendCheckout(request, reply, await getCheckout(request.params.key)),
  )
  app.post<SandboxRequest>('/sandbox/checkout/:key/:button', async (request, reply) => {
    const { key, button } = request.params
    const checkout = await getCheckout(key)
    if (button === 'decline') return sendCheckout(request, reply.code(402), checkout, true)
    if (button === 'cancel') return reply.redirect(checkout.cancelUrl, 303)
    if (button !== 'pay' && button !== 'pay-once') throw unknownButtonError()
    await sandbox.pay(key, button === 'pay-once')
    return reply.redirect(checkout.successUrl, 303)
  })
}

function topUpRoutes(app: FastifyInstance, sandbox: SandboxPages, services: PageServices): void {
  const getTopUp = async (key: string): Promise<SandboxTopUp> => {
    const topUp = CHECKOUT_KEY.test(key) ? await sandbox.findTopUp(key) : undefined
    if (!topUp) throw new DomainError(ORDER_NOT_FOUND, 'This checkout does not exist; create a new one')
    return topUp
  }
  const sendTopUp = async (request: FastifyRequest<SandboxRequest>, reply: FastifyReply, topUp: SandboxTopUp, isDeclined = false) => {
    const { headers, params } = request
    const { key } = params
    const { amount, currency, isPaid, successUrl, cancelUrl } = topUp
    const texts = await findPageTexts(services, { headers, customer: customerOf(topUp) })
    const price = formatMoney({ minorUnits: amount, currency }, texts.locale)
    return sendPage(reply, services.config, topUpPage({ texts, key, price, isDeclined, isPaid, successUrl }), [successUrl, cancelUrl])
  }
  app.get<SandboxRequest>('/sandbox/top-up/:key', async (request, reply) => sendTopUp(request, reply, await getTopUp(request.params.key)))
  app.post<SandboxRequest>('/sandbox/top-up/:key/:button', async (request, reply) => {
    const { key, button } = request.params
    const topUp = await getTopUp(key)
    if (button === 'decline') return sendTopUp(request, reply.code(402), topUp, true)
    if (button === 'cancel') return reply.redirect(topUp.cancelUrl, 303)
    if (button !== 'pay') throw unknownButtonError()
    await sandbox.payTopUp(key)
    return reply.redirect(topUp.successUrl, 303)
  })
}

function unknownButtonError(): DomainError {
  return new DomainError(BAD_REQUEST, 'This button does not exist; use those of the page')
}

function portalRows(
  { amount, currency, renewsAt, endsAt, pendingPlanName, balance }: SandboxPortal,
  { messages, locale }: PageTexts,
): PortalRow[] {
  const money = (minorUnits: bigint) => formatMoney({ minorUnits, currency }, locale)
  const date = (at: Date) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
  const fromBalance = balance < amount ? balance : amount
  const rows: PortalRow[] = []
  // The scheduled plan has another price.
  if (renewsAt && pendingPlanName !== null) rows.push({ label: messages.subscription.from(date(renewsAt)), value: pendingPlanName })
  else if (renewsAt) {
    rows.push({ label: messages.renewalOn(date(renewsAt)), value: money(amount) })
    if (fromBalance > 0n) rows.push({ label: messages.fromBalance, value: money(-fromBalance) })
  }
  if (endsAt) rows.push({ label: messages.subscription.ends, value: date(endsAt) })
  return [...rows, { label: messages.subscription.balance, value: money(balance) }]
}

function portalRoutes(app: FastifyInstance, sandbox: SandboxPages, services: PageServices): void {
  const getPortal = async (key: string) => {
    const portal = CHECKOUT_KEY.test(key) ? await sandbox.findPortal(key) : undefined
    if (!portal) throw new DomainError(ORDER_NOT_FOUND, 'This subscription does not exist')
    return portal
  }
  app.get<SandboxRequest>('/sandbox/portal/:key', async ({ headers, params: { key } }, reply) => {
    const portal = await getPortal(key)
    const { planName, isDue, customer } = portal
    const texts = await findPageTexts(services, { headers, customer })
    return sendPage(reply, services.config, portalPage({ texts, key, planName, isDue, rows: portalRows(portal, texts) }))
  })
  app.post<SandboxRequest>('/sandbox/portal/:key/pay', async (request, reply) => {
    await getPortal(request.params.key)
    await sandbox.payOverdueInvoice(request.params.key)
    return reply.redirect(`/sandbox/portal/${request.params.key}`, 303)
  })
}
