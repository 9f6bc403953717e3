import { escapeXml } from '../../../platform/pdf/syntax.js'
import type { CustomerPage } from '../customer-page.js'
import type { PageTexts } from '../i18n/languages.js'
import type { PreviewRow } from './change-page.rules.js'

interface PreviewView {
  texts: PageTexts
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

/** The page with the effect of the change and the button that confirms it. */
export function previewPage({ texts, action, rows, isEstimate, payment, hasChanged, shown, cancelUrl }: PreviewView): CustomerPage {
  const { change, cancel } = texts.messages
  const list = rows.map(({ label, value, isDue }) => {
    const style = isDue ? ' class="due"' : ''
    return `<dt${style}>${escapeXml(label)}</dt><dd${style}>${escapeXml(value)}</dd>`
  })
  const notes = [...(isEstimate ? [change.estimate] : []), ...(payment ? [change.payment[payment]] : [])]
  const fields = Object.entries(shown).map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`)
  const alert = hasChanged ? `<p role="alert">${escapeXml(change.hasChanged)}</p>` : ''
  return changePageOf(
    texts,
    change.title,
    `${alert}<dl>${list.join('')}</dl>${notes.map((note) => `<p class="note">${escapeXml(note)}</p>`).join('')}
<form method="post" action="${escapeXml(action)}">${fields.join('')}<button class="pay">${escapeXml(change.confirm)}</button>
<a class="button" href="${escapeXml(cancelUrl)}">${escapeXml(cancel)}</a></form>`,
  )
}

interface PendingView {
  texts: PageTexts
  planName: string
  amount: string
  expiresOn: string
  proFormaUrl: string
  successUrl: string
}

/** The page of a change that waits for its payment. */
export function pendingPage({ texts, planName, amount, expiresOn, proFormaUrl, successUrl }: PendingView): CustomerPage {
  const { change, continue: continueText } = texts.messages
  return changePageOf(
    texts,
    change.oneStepLeft(amount),
    `<p role="status">${escapeXml(change.pending(planName, expiresOn))}</p>
<p class="actions"><a class="button pay" href="${escapeXml(proFormaUrl)}">${escapeXml(change.openProForma)}</a>
<a class="button" href="${escapeXml(successUrl)}">${escapeXml(continueText)}</a></p>`,
  )
}

/** @param backUrl  null if it is unknown */
export function problemPage(texts: PageTexts, sentence: string, backUrl: string | null): CustomerPage {
  const { change, back } = texts.messages
  const link = backUrl === null ? '' : `<p class="actions"><a class="button" href="${escapeXml(backUrl)}">${escapeXml(back)}</a></p>`
  return changePageOf(texts, change.title, `<p role="alert">${escapeXml(sentence)}</p>${link}`)
}

function changePageOf({ messages, locale }: PageTexts, heading: string, content: string): CustomerPage {
  return { language: locale, title: messages.change.title, content: `<h1>${escapeXml(heading)}</h1>${content}` }
}
