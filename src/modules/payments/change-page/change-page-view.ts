import { escapeXml } from '../../../platform/pdf/syntax.js'
import type { CustomerPage } from '../customer-page.js'
import type { PreviewRow } from './change-page.rules.js'

const TITLE = 'Change your plan'

interface PreviewView {
  /** Path of the page. */
  action: string
  rows: readonly PreviewRow[]
  isEstimate: boolean
  /** How the amount is paid; null if nothing is due. */
  payment: 'PROVIDER' | 'INVOICE' | null
  /** Whether the amounts, or the time of the change, differ from those that the customer saw. */
  hasChanged: boolean
  shown: { when: string; due: string }
  cancelUrl: string
}

const PAYMENT_NOTES = {
  PROVIDER: 'The amount is charged to your payment method.',
  INVOICE: 'The plan changes when the amount is paid. The next page shows how to pay.',
}

/** The page with the effect of the change and the button that confirms it. */
export function previewPage({ action, rows, isEstimate, payment, hasChanged, shown, cancelUrl }: PreviewView): CustomerPage {
  const list = rows.map(({ label, value, isDue }) => {
    const style = isDue ? ' class="due"' : ''
    return `<dt${style}>${escapeXml(label)}</dt><dd${style}>${escapeXml(value)}</dd>`
  })
  const notes = [
    ...(isEstimate ? ['The amounts are an estimate: the payment provider calculates them when the plan changes.'] : []),
    ...(payment ? [PAYMENT_NOTES[payment]] : []),
  ]
  const fields = Object.entries(shown).map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`)
  const alert = hasChanged
    ? '<p role="alert">The amounts have changed since you opened this page. Your plan has not changed, and nothing was charged.</p>'
    : ''
  return {
    title: TITLE,
    content: `<h1>${TITLE}</h1>${alert}<dl>${list.join('')}</dl>${notes.map((note) => `<p class="note">${note}</p>`).join('')}
<form method="post" action="${escapeXml(action)}">${fields.join('')}<button class="pay">Change plan</button>
<a class="button" href="${escapeXml(cancelUrl)}">Cancel</a></form>`,
  }
}

interface PendingView {
  planName: string
  amount: string
  expiresOn: string
  proFormaUrl: string
  successUrl: string
}

/** The page of a change that waits for its payment. */
export function pendingPage({ planName, amount, expiresOn, proFormaUrl, successUrl }: PendingView): CustomerPage {
  return {
    title: TITLE,
    content: `<h1>One step left: pay ${escapeXml(amount)}</h1>
<p role="status">Your plan changes to ${escapeXml(planName)} when the amount is paid. Pay it before ${escapeXml(expiresOn)}. The pro forma
states how.</p>
<p class="actions"><a class="button pay" href="${escapeXml(proFormaUrl)}">Open the pro forma (PDF)</a>
<a class="button" href="${escapeXml(successUrl)}">Continue</a></p>`,
  }
}

/** @param backUrl  null if it is unknown */
export function problemPage(sentence: string, backUrl: string | null): CustomerPage {
  const back = backUrl === null ? '' : `<p class="actions"><a class="button" href="${escapeXml(backUrl)}">Back</a></p>`
  return {
    title: TITLE,
    content: `<h1>${TITLE}</h1><p role="alert">${escapeXml(sentence)}</p>${back}`,
  }
}
