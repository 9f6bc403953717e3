import type { Interval } from '../../../core/period.js'
import { escapeXml } from '../../../platform/pdf/syntax.js'
import type { CustomerPage } from '../customer-page.js'
import type { PageTexts } from '../i18n/languages.js'

interface CheckoutView {
  texts: PageTexts
  key: string
  planName: string
  price: string
  interval: Interval
  declined: boolean
  paid: boolean
  successUrl: string
}

/** The checkout page. The pages of the sandbox have no scripts; their buttons submit forms. */
export function checkoutPage({ texts, key, planName, price, interval, declined, paid, successUrl }: CheckoutView): CustomerPage {
  const { messages } = texts
  const { sandbox } = messages
  const action = `/sandbox/checkout/${escapeXml(key)}`
  const buttons = paid
    ? paidNotice(texts, successUrl)
    : `<form method="post"><button class="pay" formaction="${action}/pay">${escapeXml(sandbox.pay(price))}</button>
<button formaction="${action}/pay-once">${escapeXml(sandbox.payFailingLater)}</button>
<button formaction="${action}/decline">${escapeXml(sandbox.decline)}</button>
<button formaction="${action}/cancel">${escapeXml(messages.cancel)}</button></form>`
  return sandboxPageOf(
    texts,
    sandbox.checkout(planName),
    `${priceBlock(planName, price, sandbox.perInterval[interval])}${declined ? declinedNotice(texts) : ''}${buttons}`,
  )
}

interface TopUpView {
  texts: PageTexts
  key: string
  price: string
  isDeclined: boolean
  isPaid: boolean
  successUrl: string
}

/** The checkout page of a top-up, which is charged once. */
export function topUpPage({ texts, key, price, isDeclined, isPaid, successUrl }: TopUpView): CustomerPage {
  const { messages } = texts
  const { sandbox } = messages
  const action = `/sandbox/top-up/${escapeXml(key)}`
  const buttons = `<form method="post"><button class="pay" formaction="${action}/pay">${escapeXml(sandbox.pay(price))}</button>
<button formaction="${action}/decline">${escapeXml(sandbox.decline)}</button>
<button formaction="${action}/cancel">${escapeXml(messages.cancel)}</button></form>`
  return sandboxPageOf(
    texts,
    sandbox.checkout(sandbox.topUp),
    `${priceBlock(sandbox.topUp, price, sandbox.onePayment)}${isDeclined ? declinedNotice(texts) : ''}${
      isPaid ? paidNotice(texts, successUrl) : buttons
    }`,
  )
}

function priceBlock(heading: string, price: string, period: string): string {
  return `<h1>${escapeXml(heading)}</h1><p class="price">${escapeXml(price)}</p><p class="note">${escapeXml(period)}</p>`
}

function declinedNotice({ messages: { sandbox } }: PageTexts): string {
  return `<p role="alert">${escapeXml(sandbox.declined)}</p>`
}

function paidNotice({ messages }: PageTexts, successUrl: string): string {
  return `<p role="status">${escapeXml(messages.sandbox.isPaid)} <a href="${escapeXml(successUrl)}">${escapeXml(messages.continue)}</a></p>`
}

export interface PortalRow {
  readonly label: string
  readonly value: string
}

interface PortalView {
  texts: PageTexts
  key: string
  planName: string
  isDue: boolean
  /** The next renewal, a scheduled change and the balance. */
  rows: readonly PortalRow[]
}

export function portalPage({ texts, key, planName, isDue, rows }: PortalView): CustomerPage {
  const { subscription } = texts.messages
  const action = `/sandbox/portal/${escapeXml(key)}/pay`
  const state = isDue
    ? `<p role="alert">${escapeXml(subscription.failed)}</p>
<form method="post"><button class="pay" formaction="${action}">${escapeXml(subscription.payWithOtherCard)}</button></form>`
    : `<p role="status">${escapeXml(subscription.nothingDue)}</p>`
  return sandboxPageOf(
    texts,
    subscription.title(planName),
    `<h1>${escapeXml(planName)}</h1><dl>${rows.map(portalRow).join('')}</dl>${state}`,
  )
}

function portalRow({ label, value }: PortalRow): string {
  return `<dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}</dd>`
}

function sandboxPageOf({ messages: { sandbox }, locale }: PageTexts, title: string, content: string): CustomerPage {
  return { language: locale, title, content: `${content}\n<p class="note">${escapeXml(sandbox.note)}</p>` }
}
