import type { FastifyInstance, FastifyReply } from 'fastify'
import { DomainError } from '../core/errors.js'
import { formatMoney } from '../core/money.js'
import type { Services } from '../database/services.js'
import { type SandboxCheckout, SandboxProvider } from '../payments/sandbox/sandbox-provider.js'
import { checkoutPage } from './sandbox-page.js'

const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface Asked {
  Params: { key: string; button: string }
}

/** The checkout page of the sandbox: plan, price, and three buttons. Only there where the sandbox takes the payments. */
export function sandboxRoutes(app: FastifyInstance, { payments, config }: Services): void {
  if (!(payments instanceof SandboxProvider)) return
  const find = async (key: string): Promise<SandboxCheckout> => {
    const checkout = KEY.test(key) ? await payments.findCheckout(key) : undefined
    if (!checkout) throw new DomainError('ORDER_NOT_FOUND', 'There is no such checkout; ask for a new one')
    return checkout
  }
  const show = (reply: FastifyReply, key: string, checkout: SandboxCheckout, declined: boolean) => {
    const { planName, amount, currency, interval, successUrl, cancelUrl } = checkout
    const back = [...new Set([successUrl, cancelUrl].map((url) => new URL(url).origin))].join(' ')
    const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${back}; base-uri 'none'; frame-ancestors 'none'`
    const price = formatMoney({ minorUnits: amount, currency }, config.invoices.locale)
    void reply.header('content-security-policy', policy).header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
    return reply
      .type('text/html; charset=utf-8')
      .send(checkoutPage({ key, planName, price, interval, declined, paid: checkout.subscriptionId !== null, successUrl }))
  }
  app.get<Asked>('/sandbox/checkout/:key', async (request, reply) => show(reply, request.params.key, await find(request.params.key), false))
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _body, done) => done(null, {}))
    scope.post<Asked>('/sandbox/checkout/:key/:button', async (request, reply) => {
      const { key, button } = request.params
      const checkout = await find(key)
      if (button === 'decline') return show(reply.code(402), key, checkout, true)
      if (button === 'pay') await payments.pay(key)
      else if (button !== 'cancel') throw new DomainError('BAD_REQUEST', 'There are the buttons pay, decline and cancel')
      return reply.redirect(button === 'pay' ? checkout.successUrl : checkout.cancelUrl, 303)
    })
  })
}
