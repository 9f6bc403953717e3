import type { Answer } from '../../support/server.js'
import type { Command } from '../commands.js'
import { isApiCommand, type RealIds, toRequest } from './real-commands.js'
import { type RealData, readRealData } from './real-snapshot.js'
import type { World } from './world.js'

export type RealResult = { readonly ok: true } | { readonly error: string; readonly message?: string }

/** Amounts are minor units. */
export interface RealPreview {
  readonly when: string
  readonly credit: number
  readonly charge: number
  readonly fromBalance: number
  readonly toPay: number
  readonly toBalance: number
}

const OK: RealResult = { ok: true }

interface Checkout {
  readonly url: string
  isPaid: boolean
}

/**
 * One customer of the real system, which takes the same commands as the model. Positions of the rows are those of the
 * last snapshot.
 */
export class RealSystem {
  readonly #world: World
  readonly #user: number
  readonly #plans: ReadonlyMap<string, string>
  readonly #checkouts: Checkout[] = []
  #data: RealData | undefined
  /** The card that the customer uses from now on; a subscription keeps the one that it was bought with. */
  #cardFails = false

  constructor(world: World, user: number, plans: ReadonlyMap<string, string>) {
    this.#world = world
    this.#user = user
    this.#plans = plans
  }

  async read(): Promise<RealData> {
    const { server, settings } = this.#world
    this.#data = await readRealData(server.owner, String(this.#user), settings.currency)
    return this.#data
  }

  /** Runs a command, and all jobs that follow from it. */
  async execute(command: Command): Promise<RealResult> {
    const result = await this.#run(command)
    if (command.type === 'advanceTo') return result
    await this.#world.settle()
    await this.#world.expireReturnedCredit(String(this.#user))
    // The periods that have passed meanwhile are charged by the next job, within a minute.
    if (command.type === 'payOverdue') await this.#world.tick()
    return result
  }

  /** What a change of plan would cost: minor units, or the code of an error. */
  async preview({ plan, when }: Extract<Command, { type: 'changePlan' }>): Promise<RealPreview | { readonly error: string }> {
    const query = `query ($planId: ID!, $when: ChangeTime) { changePlanPreview(planId: $planId, when: $when) {
      when credit { minorUnits } charge { minorUnits } fromBalance { minorUnits } dueNow { minorUnits } creditLeft { minorUnits } } }`
    const { data, errors } = await this.#ask(this.#user, query, { planId: this.#ids().plan(plan), when })
    if (errors) return { error: String(errors[0]?.extensions.code) }
    const { when: time, credit, charge, fromBalance, dueNow, creditLeft } = data.changePlanPreview
    return {
      when: time,
      credit: -credit.minorUnits,
      charge: charge.minorUnits,
      fromBalance: fromBalance.minorUnits,
      toPay: dueNow.minorUnits,
      toBalance: creditLeft.minorUnits,
    }
  }

  async #run(command: Command): Promise<RealResult> {
    if (isApiCommand(command)) {
      const { sender, name, inputType, input } = toRequest(command, this.#ids())
      const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { __typename } }`
      return resultOf(await this.#ask(sender === 'admin' ? 'admin' : this.#user, query, { input }))
    }
    switch (command.type) {
      case 'advanceTo':
        await this.#world.sleepUntil(command.at)
        return OK
      case 'openCheckout':
        return this.#openCheckout(command.plan)
      case 'payCheckout':
        return this.#payCheckout(command.checkout)
      case 'setCardFails':
        return this.#setCardFails(command.fails)
      case 'topUp':
        return this.#topUp(command.amount)
      case 'payOverdue':
        return this.#payOverdue()
    }
  }

  #ask(who: number | 'admin', query: string, variables: object): Promise<Answer> {
    return this.#world.server.ask(who, query, variables)
  }

  #ids(): RealIds {
    const data = this.#data
    const at = <T>(rows: readonly T[] | null | undefined, position: number) => rows?.[position - 1]
    return {
      user: String(this.#user),
      currency: this.#world.settings.currency,
      subscription: String(data?.subscriptions?.at(-1)?.realId ?? 999_999_999),
      plan: (slug) => this.#plans.get(slug) ?? '0',
      order: (position) => {
        const order = at(data?.orders, position)
        return { id: String(order?.realId ?? 0), planId: String(order?.realPlanId ?? 0) }
      },
      invoice: (position) => String(at(data?.invoices, position)?.realId ?? 0),
      payment: (position) => String(at(data?.payments, position)?.realId ?? 0),
      refundPart: (position) => {
        const parts = data?.refunds?.flatMap((refund) => refund.parts ?? [])
        return String(at(parts, position)?.realId ?? 0)
      },
    }
  }

  async #openCheckout(plan: string): Promise<RealResult> {
    const { returnUrl: url } = this.#world.server
    const query = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
    const answer = await this.#ask(this.#user, query, { input: { plan, successUrl: url, cancelUrl: url } })
    if (!answer.errors) this.#checkouts.push({ url: answer.data.createCheckout.checkoutUrl, isPaid: false })
    return resultOf(answer)
  }

  /** Presses the buttons of the page, which has none when it is paid. */
  async #payCheckout(position: number): Promise<RealResult> {
    const checkout = this.#checkouts[position - 1]
    if (!checkout) return { error: 'ORDER_NOT_FOUND' }
    const page = await (await this.#world.server.page(checkout.url, 'GET')).text()
    if (!page.includes('<button')) return { error: 'INVALID_TRANSITION' }
    const { status } = await this.#world.server.page(`${checkout.url}/${this.#cardFails ? 'decline' : 'pay'}`, 'POST')
    if (status === 402) return { error: 'PAYMENT_FAILED' }
    checkout.isPaid = true
    return status === 303 ? OK : { error: `HTTP ${status}` }
  }

  /** Presses the button of the page of a top-up. */
  async #topUp(amount: bigint): Promise<RealResult> {
    const { server, settings } = this.#world
    const query = 'mutation ($input: TopUpBalanceInput!) { topUpBalance(input: $input) { checkoutUrl } }'
    const money = { minorUnits: Number(amount), currency: settings.currency }
    const answer = await this.#ask(this.#user, query, {
      input: { amount: money, successUrl: server.returnUrl, cancelUrl: server.returnUrl },
    })
    if (answer.errors) return resultOf(answer)
    const { status } = await server.page(`${answer.data.topUpBalance.checkoutUrl}/${this.#cardFails ? 'decline' : 'pay'}`, 'POST')
    if (status === 402) return { error: 'PAYMENT_FAILED' }
    return status === 303 ? OK : { error: `HTTP ${status}` }
  }

  /** The sandbox has no page for it: the card of a subscription is part of its record. */
  async #setCardFails(fails: boolean): Promise<RealResult> {
    this.#cardFails = fails
    const ids = (this.#data?.subscriptions ?? []).map(({ provider }) => provider)
    await this.#world.server.owner.query(
      `UPDATE sandbox_records SET internals = jsonb_set(internals, '{fails}', $2::jsonb) WHERE id::text = ANY ($1)`,
      [ids, String(fails)],
    )
    return OK
  }

  /** Pays with another card on the page of the sandbox. */
  async #payOverdue(): Promise<RealResult> {
    const { data } = await this.#ask(this.#user, '{ customerPortalUrl }', {})
    if (!data?.customerPortalUrl) return { error: 'INVALID_TRANSITION' }
    const page = await (await this.#world.server.page(data.customerPortalUrl, 'GET')).text()
    if (!page.includes('<button')) return { error: 'INVALID_TRANSITION' }
    if (this.#cardFails) return { error: 'PAYMENT_FAILED' }
    const { status } = await this.#world.server.page(`${data.customerPortalUrl}/pay`, 'POST')
    return status === 303 ? OK : { error: `HTTP ${status}` }
  }
}

function resultOf({ errors }: Answer): RealResult {
  const [error] = errors ?? []
  return error ? { error: String(error.extensions.code), message: error.message } : OK
}
