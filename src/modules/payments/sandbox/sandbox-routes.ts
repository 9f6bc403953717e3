import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../../../config/config.js'
import { BAD_REQUEST, DomainError } from '../../../core/errors.js'
import { formatMoney } from '../../../core/money.js'
import { ORDER_NOT_FOUND } from '../../orders/index.js'
import { acceptForms, sendPage } from '../customer-page.js'
import { checkoutPage, portalPage } from './sandbox-pages.js'
import type { SandboxCheckout } from './sandbox-records.js'

const CHECKOUT_KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface SandboxRequest {
  Params: { key: string; button: string }
}

/** The operations of the pages. */
export interface SandboxPages {
  findCheckout(key: string): Promise<SandboxCheckout | undefined>
  pay(key: string, fails: boolean): Promise<void>
  findPortal(key: string): Promise<{ planName: string; isDue: boolean } | undefined>
  payOverdueInvoice(key: string): Promise<void>
}

/**
 * The pages of the sandbox: a checkout page with plan, price and buttons, and a portal to pay for a renewal
 * whose card failed.
 */
export function sandboxRoutes(app: FastifyInstance, sandbox: SandboxPages, config: Config): void {
  app.register(async (scope) => {
    acceptForms(scope)
    checkoutRoutes(scope, sandbox, config)
    portalRoutes(scope, sandbox)
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
    return sendPage(reply, page, [successUrl, cancelUrl])
  }
  app.get<SandboxRequest>('/sandbox/checkout/:key', async (request, reply) =>
    sendCheckout(reply, request.params.key, await getCheckout(request.params.key), false),
  )
  app.post<SandboxRequest>('/sandbox/checkout/:key/:button', async (request, reply) => {
    const { key, button } = request.params
    const checkout = await getCheckout(key)
    if (button === 'decline') return sendCheckout(reply.code(402), key, checkout, true)
    if (button === 'cancel') return reply.redirect(checkout.cancelUrl, 303)
    if (button !== 'pay' && button !== 'pay-once')
      throw new DomainError(BAD_REQUEST, 'This button does not exist; use the buttons of the page')
    await sandbox.pay(key, button === 'pay-once')
    return reply.redirect(checkout.successUrl, 303)
  })
}

function portalRoutes(app: FastifyInstance, sandbox: SandboxPages): void {
  const getPortal = async (key: string) => {
    const portal = CHECKOUT_KEY.test(key) ? await sandbox.findPortal(key) : undefined
    if (!portal) throw new DomainError(ORDER_NOT_FOUND, 'This subscription does not exist')
    return portal
  }
  app.get<SandboxRequest>('/sandbox/portal/:key', async (request, reply) => {
    return sendPage(reply, portalPage({ key: request.params.key, ...(await getPortal(request.params.key)) }))
  })
  app.post<SandboxRequest>('/sandbox/portal/:key/pay', async (request, reply) => {
    await getPortal(request.params.key)
    await sandbox.payOverdueInvoice(request.params.key)
    return reply.redirect(`/sandbox/portal/${request.params.key}`, 303)
  })
}
