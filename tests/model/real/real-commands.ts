import type { Command } from '../commands.js'

/** A request of the API. `sender` is who sends it. */
export interface ApiRequest {
  readonly sender: 'customer' | 'admin'
  readonly name: string
  readonly inputType: string
  readonly input: object
}

/** The ids of the real system by their positions in the model, from 1. */
export interface RealIds {
  readonly user: string
  readonly currency: string
  /** The latest subscription. */
  readonly subscription: string
  plan(slug: string): string
  /** Undefined for a row that does not exist. */
  order(position: number): { readonly id: string; readonly planId: string }
  invoice(position: number): string
  payment(position: number): string
  refundPart(position: number): string
}

type ApiCommand = Exclude<Command['type'], 'advanceTo' | 'openCheckout' | 'payCheckout' | 'setCardFails' | 'payOverdue' | 'topUp'>

type OneRequest = Extract<Command, { type: ApiCommand }>

/** Commands that are one request of the API. */
export function isApiCommand(command: Command): command is OneRequest {
  return command.type in BUILDERS
}

type Builders = { [T in ApiCommand]: (command: Extract<Command, { type: T }>, ids: RealIds) => ApiRequest }

const BUILDERS: Builders = {
  placeOrder: ({ plan }) => byCustomer('placeOrder', { plan }),
  cancelOrder: ({ order }, ids) => byCustomer('cancelOrder', { orderId: ids.order(order).id }),
  applyPlan: ({ plan, order, amount, expiresAt }, ids) => {
    const found = order === undefined ? undefined : ids.order(order)
    const planId = found ? found.planId : ids.plan(plan ?? '')
    return byAdmin('applyPlan', { userId: ids.user, planId, orderId: found?.id, amount: minorUnits(amount), expiresAt })
  },
  cancelPlan: ({ creditUnused }, { user }) => byAdmin('cancelPlan', { userId: user, creditUnused }),
  changePlan: ({ plan, when }, ids) => byCustomer('changePlan', { planId: ids.plan(plan), when }),
  revokeChange: () => byCustomer('revokePlanChange', {}),
  cancelSubscription: () => byCustomer('cancelSubscription', {}),
  resumeSubscription: () => byCustomer('resumeSubscription', {}),
  recordPayment: ({ invoice, order, amount, kind, reference }, ids) => {
    const target = invoice === undefined ? { orderId: ids.order(order ?? 0).id } : { invoiceId: ids.invoice(invoice) }
    return byAdmin('recordPayment', { ...target, amount: minorUnits(amount), kind, reference })
  },
  reversePayment: ({ payment }, ids) => byAdmin('reversePayment', { paymentId: ids.payment(payment), reason: 'It bounced' }),
  grantCredit: ({ amount, expiresAt, reason }, { user, currency }) =>
    byAdmin('grantCredit', { userId: user, amount: { minorUnits: minorUnits(amount), currency }, expiresAt, reason }),
  payOutBalance: ({ amount }, { user, currency }) =>
    byAdmin('payOutBalance', { userId: user, amount: minorUnits(amount), currency, reason: 'Asked for', reference: 'paid out' }),
  requestRefund: ({ order, to, amount, endPlan, admin }, ids) => {
    const reason = amount === undefined ? undefined : 'goodwill'
    const input = { orderId: ids.order(order).id, to, amount: minorUnits(amount), endPlan, reason }
    return admin ? byAdmin('requestRefund', input) : byCustomer('requestRefund', input)
  },
  confirmRefund: ({ part, reference }, ids) => byAdmin('confirmRefund', { partId: ids.refundPart(part), reference }),
  voidInvoice: ({ invoice }, ids) => byAdmin('voidInvoice', { invoiceId: ids.invoice(invoice), reason: 'It is not worth the trouble' }),
  extendDueDate: ({ invoice, at }, ids) => byAdmin('extendDueDate', { invoiceId: ids.invoice(invoice), dueAt: at }),
  setCollection: ({ collection }, { subscription }) => byAdmin('setCollection', { subscriptionId: subscription, collection }),
  suspend: ({ reason }, { subscription }) => byAdmin('suspendSubscription', { subscriptionId: subscription, reason }),
  unsuspend: (_command, { subscription }) => byAdmin('unsuspendSubscription', { subscriptionId: subscription }),
  creditInvoice: ({ invoice, amount }, ids) => byAdmin('creditInvoice', { invoiceId: ids.invoice(invoice), amount: minorUnits(amount) }),
}

export function toRequest(command: OneRequest, ids: RealIds): ApiRequest {
  // The builder is that of the type of the command.
  const build = BUILDERS[command.type] as (command: OneRequest, ids: RealIds) => ApiRequest
  return build(command, ids)
}

function byCustomer(name: string, input: object): ApiRequest {
  return { sender: 'customer', name, inputType: inputTypeOf(name), input }
}

function byAdmin(name: string, input: object): ApiRequest {
  return { sender: 'admin', name, inputType: inputTypeOf(name), input }
}

function inputTypeOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
}

/** Amounts are numbers in JSON. */
function minorUnits(amount: bigint | undefined): number | undefined {
  return amount === undefined ? undefined : Number(amount)
}
