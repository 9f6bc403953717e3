import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../../../config/config.js'
import { BAD_REQUEST, DomainError } from '../../../core/errors.js'
import { formatMoney } from '../../../core/money.js'
import { ORDER_NOT_FOUND } from '../../orders/index.js'
import { acceptForms, sendPage } from '../customer-page.js'
import { checkoutPage, type PortalRow, portalPage, topUpPage } from './sandbox-pages.js'
import type { SandboxCheckout } from './sandbox-records.js'
import type { SandboxTopUp } from './sandbox-top-up.js'

const CHECKOUT_KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface SandboxRequest {
  Params: { key: string; button: string }
}

/** A subscription as its portal shows it. Amounts are minor units. */
export interface SandboxPortal {
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

/**
 * The pages of the sandbox: a checkout page with plan, price and buttons, one for a top-up, and a portal to pay
 * for a renewal whose card failed.
 */
export function sandboxRoutes(app: FastifyInstance, sandbox: SandboxPages, config: Config): void {
  app.register(async (scope) => {
    acceptForms(scope)
    checkoutRoutes(scope, sandbox, config)
    topUpRoutes(scope, sandbox, config)
    portalRoutes(scope, sandbox, config)
  })
}

function checkoutRoutes(app: FastifyInstance, sandbox: SandboxPages, config: Config): void {
  const getCheckout = async (key: string): Promise<SandboxCheckout> => {
    const checkout = CHECKOUT_KEY.test(key) ? await sandbox.findCheckout(key) : undefined
    if (!checkout) throw new DomainError(ORDER_NOT_FOUND, 'This checkout does not exist; create a new one')
    return checkout
  }
  const sendCheckout = (reply: FastifyReply, key: string, checkout: SandboxCheckout, declined: boolean) => {
    const { planName, amount, currency, interval, successUrl, cancelUrl } = checkout
    const price = formatMoney({ minorUnits: amount, currency }, config.invoices.locale)
    const page = checkoutPage({ key, planName, price, interval, declined, paid: checkout.subscriptionId !== null, successUrl })
    return sendPage(reply, config, page, [successUrl, cancelUrl])
  }
  app.get<SandboxRequest>('/sandbox/checkout/:key', async (request, reply) =>
    sendCheckout(reply, request.params.key, await getCheckout(request.params.key), false),
  )
  app.post<SandboxRequest>('/sandbox/checkout/:key/:button', async (request, reply) => {
    const { key, button } = request.params
    const checkout = await getCheckout(key)
    if (button === 'decline') return sendCheckout(reply.code(402), key, checkout, true)
    if (button === 'cancel') return reply.redirect(checkout.cancelUrl, 303)
    if (button !== 'pay' && button !== 'pay-once') throw unknownButtonError()
    await sandbox.pay(key, button === 'pay-once')
    return reply.redirect(checkout.successUrl, 303)
  })
}

function topUpRoutes(app: FastifyInstance, sandbox: SandboxPages, config: Config): void {
  const getTopUp = async (key: string): Promise<SandboxTopUp> => {
    const topUp = CHECKOUT_KEY.test(key) ? await sandbox.findTopUp(key) : undefined
    if (!topUp) throw new DomainError(ORDER_NOT_FOUND, 'This checkout does not exist; create a new one')
    return topUp
  }
  const sendTopUp = (reply: FastifyReply, key: string, topUp: SandboxTopUp, isDeclined: boolean) => {
    const { amount, currency, isPaid, successUrl, cancelUrl } = topUp
    const price = formatMoney({ minorUnits: amount, currency }, config.invoices.locale)
    return sendPage(reply, config, topUpPage({ key, price, isDeclined, isPaid, successUrl }), [successUrl, cancelUrl])
  }
  app.get<SandboxRequest>('/sandbox/top-up/:key', async (request, reply) =>
    sendTopUp(reply, request.params.key, await getTopUp(request.params.key), false),
  )
  app.post<SandboxRequest>('/sandbox/top-up/:key/:button', async (request, reply) => {
    const { key, button } = request.params
    const topUp = await getTopUp(key)
    if (button === 'decline') return sendTopUp(reply.code(402), key, topUp, true)
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
  { amount, currency, renewsAt, endsAt, pendingPlanName, balance }: Omit<SandboxPortal, 'planName' | 'isDue'>,
  locale: string,
): PortalRow[] {
  const money = (minorUnits: bigint) => formatMoney({ minorUnits, currency }, locale)
  const date = (at: Date) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
  const fromBalance = balance < amount ? balance : amount
  const rows: PortalRow[] = []
  // The scheduled plan has another price.
  if (renewsAt && pendingPlanName !== null) rows.push({ label: `From ${date(renewsAt)}`, value: pendingPlanName })
  else if (renewsAt) {
    rows.push({ label: `Renewal on ${date(renewsAt)}`, value: money(amount) })
    if (fromBalance > 0n) rows.push({ label: 'From your balance', value: money(-fromBalance) })
  }
  if (endsAt) rows.push({ label: 'Ends', value: date(endsAt) })
  return [...rows, { label: 'Balance', value: money(balance) }]
}

function portalRoutes(app: FastifyInstance, sandbox: SandboxPages, config: Config): void {
  const getPortal = async (key: string) => {
    const portal = CHECKOUT_KEY.test(key) ? await sandbox.findPortal(key) : undefined
    if (!portal) throw new DomainError(ORDER_NOT_FOUND, 'This subscription does not exist')
    return portal
  }
  app.get<SandboxRequest>('/sandbox/portal/:key', async (request, reply) => {
    const { key } = request.params
    const { planName, isDue, ...portal } = await getPortal(key)
    return sendPage(reply, config, portalPage({ key, planName, isDue, rows: portalRows(portal, config.invoices.locale) }))
  })
  app.post<SandboxRequest>('/sandbox/portal/:key/pay', async (request, reply) => {
    await getPortal(request.params.key)
    await sandbox.payOverdueInvoice(request.params.key)
    return reply.redirect(`/sandbox/portal/${request.params.key}`, 303)
  })
}
