import { escapeXml } from '../../../platform/pdf/syntax.js'
import type { CustomerPage } from '../customer-page.js'

const DECLINED = '<p role="alert">The card was declined. Nothing was charged.</p>'

interface CheckoutView {
  key: string
  planName: string
  price: string
  interval: 'MONTH' | 'YEAR'
  declined: boolean
  paid: boolean
  successUrl: string
}

/** The checkout page. The pages of the sandbox have no scripts; their buttons submit forms. */
export function checkoutPage({ key: id, planName, price, interval, declined, paid, successUrl }: CheckoutView): CustomerPage {
  const action = `/sandbox/checkout/${escapeXml(id)}`
  const buttons = paid
    ? paidNotice(successUrl)
    : `<form method="post"><button class="pay" formaction="${action}/pay">Pay ${escapeXml(price)}</button>
<button formaction="${action}/pay-once">Pay with a card that fails at renewal</button>
<button formaction="${action}/decline">Decline the card</button><button formaction="${action}/cancel">Cancel</button></form>`
  const notice = declined ? DECLINED : ''
  const period = interval === 'YEAR' ? 'per year' : 'per month'
  return sandboxPageOf(
    `Checkout: ${planName}`,
    `<h1>${escapeXml(planName)}</h1><p class="price">${escapeXml(price)}</p><p class="note">${period}</p>${notice}${buttons}`,
  )
}

function paidNotice(successUrl: string): string {
  return `<p role="status">This has been paid. <a href="${escapeXml(successUrl)}">Continue</a></p>`
}

interface TopUpView {
  key: string
  price: string
  isDeclined: boolean
  isPaid: boolean
  successUrl: string
}

/** The checkout page of a top-up, which is charged once. */
export function topUpPage({ key, price, isDeclined, isPaid, successUrl }: TopUpView): CustomerPage {
  const action = `/sandbox/top-up/${escapeXml(key)}`
  const buttons = `<form method="post"><button class="pay" formaction="${action}/pay">Pay ${escapeXml(price)}</button>
<button formaction="${action}/decline">Decline the card</button><button formaction="${action}/cancel">Cancel</button></form>`
  return sandboxPageOf(
    'Checkout: Top up your balance',
    `<h1>Top up your balance</h1><p class="price">${escapeXml(price)}</p><p class="note">one payment</p>${
      isDeclined ? DECLINED : ''
    }${isPaid ? paidNotice(successUrl) : buttons}`,
  )
}

export interface PortalRow {
  readonly label: string
  readonly value: string
}

interface PortalView {
  key: string
  planName: string
  isDue: boolean
  /** The next renewal, a scheduled change and the balance. */
  rows: readonly PortalRow[]
}

export function portalPage({ key, planName, isDue, rows }: PortalView): CustomerPage {
  const action = `/sandbox/portal/${escapeXml(key)}/pay`
  const form = `<p role="alert">The last payment failed.</p><form method="post"><button class="pay" formaction="${action}">Pay with another card</button></form>`
  return sandboxPageOf(
    `Subscription: ${planName}`,
    `<h1>${escapeXml(planName)}</h1><dl>${rows.map(portalRow).join('')}</dl>${isDue ? form : '<p role="status">Nothing is due.</p>'}`,
  )
}

function portalRow({ label, value }: PortalRow): string {
  return `<dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}</dd>`
}

function sandboxPageOf(title: string, content: string): CustomerPage {
  return { title, content: `${content}\n<p class="note">This is a sandbox: no money is charged.</p>` }
}
