import { formatMoney } from '../../core/money.js'
import type { DocumentTexts } from '../invoicing/index.js'
import { describeLines, parseOrderItem } from '../orders/index.js'
import type { MailFacts, MailMessages } from './i18n/messages.js'
import type { MailKind } from './mail.enums.js'
import { displayName, headerText } from './mail.rules.js'
import type { MailContent, MailDocument } from './mail-content.js'

/** Formats the values of a mail for its reader. */
export interface MailFormatter {
  readonly messages: MailMessages
  readonly documents: DocumentTexts
  /** BCP 47 tag of the messages. */
  readonly locale: string
}

/** A label with its value. */
export interface MailRow {
  readonly label: string
  readonly value: string
}

/** Of a reason that a customer states. */
const MAX_REQUEST_LENGTH = 1000

type Amount = { readonly minorUnits: string; readonly currency: string }

export function formatAmount({ minorUnits, currency }: Amount, { locale }: MailFormatter): string {
  return formatMoney({ minorUnits: BigInt(minorUnits), currency }, locale)
}

/** "Invoice INV-2026-000001" */
export function nameDocument({ kind, isByMerchant, number }: MailDocument, { documents }: MailFormatter): string {
  return `${documents.title(kind, isByMerchant)} ${number}`
}

/** What the texts of a mail state. @param seller  the name of the brand */
export function factsOf(content: MailContent, formatter: MailFormatter, seller: string): MailFacts {
  const { order, plan, planBefore, amount, newAmount, at, documents, isTopUp, isToBalance, isOverdue, request, receivedAt, declaration } =
    content
  const [document] = documents
  const text = (value: string | null) => (value === null ? '' : displayName(value))
  const moment = (iso: string | null) => (iso === null ? '' : formatter.documents.moment(new Date(iso)))
  return {
    seller: displayName(seller),
    order: order ?? '',
    plan: text(plan),
    planBefore: text(planBefore),
    amount: amount ? formatAmount(amount, formatter) : '',
    newAmount: newAmount ? formatAmount(newAmount, formatter) : '',
    day: at === null ? '' : formatter.documents.day(new Date(at)),
    document: document ? nameDocument(document, formatter) : '',
    documentKind: document?.kind ?? null,
    isPaid: document !== undefined && isPaid(document),
    isTopUp,
    isToBalance,
    isOverdue,
    request: request === null ? '' : headerText(request, MAX_REQUEST_LENGTH),
    receivedAt: moment(receivedAt),
    endsAt: moment(at),
    isWithdrawal: declaration === 'WITHDRAWAL',
    isEnded: at !== null && receivedAt !== null && at <= receivedAt,
  }
}

function isPaid({ due }: MailDocument): boolean {
  return BigInt(due.minorUnits) === 0n
}

/** The amount that a mail shows large. @returns undefined if it shows none */
export function mainAmount(kind: MailKind, facts: MailFacts, { labels }: MailMessages): MailRow | undefined {
  const { amount, newAmount, isPaid: paid, documentKind } = facts
  const row = (label: string, value: string) => (value === '' ? undefined : { label, value })
  switch (kind) {
    case 'INVOICE':
      return row(paid || documentKind !== 'INVOICE' ? labels.amount : labels.amountDue, amount)
    case 'RENEWAL_UPCOMING':
      return row(paid ? labels.amount : labels.amountDue, amount)
    case 'INVOICE_DUE':
    case 'INVOICE_OVERDUE':
      return row(labels.amountDue, amount)
    case 'PAYMENT_RECEIVED':
      return row(labels.amountPaid, amount)
    case 'REFUND':
      return row(labels.amountRefunded, amount)
    case 'PRICE_CHANGING':
      return row(labels.newPrice, newAmount)
    default:
      return row(labels.amount, amount)
  }
}

const DAY_LABELS: Readonly<Partial<Record<MailKind, keyof MailMessages['labels']>>> = {
  ORDER_PLACED: 'validUntil',
  INVOICE: 'dueOn',
  PAYMENT_FAILED: 'activeUntil',
  RENEWAL_UPCOMING: 'renewsOn',
  PRICE_CHANGING: 'from',
  INVOICE_DUE: 'dueOn',
  INVOICE_OVERDUE: 'dueOn',
  TRIAL_ENDING: 'endsOn',
}

const KINDS_ABOUT_PLANS: readonly MailKind[] = [
  'PAYMENT_FAILED',
  'RENEWAL_UPCOMING',
  'PRICE_CHANGING',
  'SUSPENDED',
  'RESUMED',
  'CANCELLED',
  'TERMINATED',
  'TRIAL_ENDING',
]

/** The details of a mail, in their order. */
export function detailsOf(kind: MailKind, content: MailContent, facts: MailFacts, formatter: MailFormatter): MailRow[] {
  const { labels, declarations } = formatter.messages
  const { order, plan, planBefore, amount, day, isPaid: paid, documentKind, request, receivedAt, endsAt } = facts
  const isRequest = kind === 'REFUND' || kind === 'REFUND_REQUESTED'
  const rows: [string, string | false][] = [
    [labels.planBefore, kind === 'PLAN_CHANGED' && planBefore],
    [labels.newPlan, kind === 'PLAN_CHANGED' && plan],
    [labels.plan, (KINDS_ABOUT_PLANS.includes(kind) || (isRequest && receivedAt !== '')) && plan],
    [labels.contract, content.contract ?? false],
    [labels.order, order],
    [labels.items, (kind === 'ORDER_PLACED' || kind === 'INVOICE') && documentKind !== 'CREDIT_NOTE' && describeItems(content, formatter)],
    [labels.price, kind === 'PRICE_CHANGING' && amount],
    [labels[DAY_LABELS[kind] ?? 'dueOn'], kind in DAY_LABELS && !(kind === 'INVOICE' && (paid || documentKind !== 'INVOICE')) && day],
    [labels.declaration, kind === 'CANCELLED' && declare(content.declaration, request, declarations)],
    [labels.declaration, isRequest && request],
    [labels.receivedAt, receivedAt],
    [labels.endsOn, kind === 'CANCELLED' && endsAt],
    [labels.status, (kind === 'INVOICE' || kind === 'RENEWAL_UPCOMING') && documentKind === 'INVOICE' && paid && labels.paid],
  ]
  const details = rows.flatMap(([label, value]) => (value ? { label, value } : []))
  const isAboutDocument = kind === 'INVOICE' && content.documents.length === 1
  const documents = isAboutDocument ? [] : content.documents.map((document) => describe(document, formatter))
  return [...details, ...documents]
}

/** A withdrawal needs no reason, so what the customer has written is the declaration itself. */
function declare(kind: MailContent['declaration'], written: string, declarations: MailMessages['declarations']): string {
  if (written === '') return declarations[kind]
  return kind === 'WITHDRAWAL' ? written : `${declarations[kind]}: ${written}`
}

function describe(document: MailDocument, formatter: MailFormatter): MailRow {
  return { label: formatter.documents.title(document.kind, document.isByMerchant), value: document.number }
}

function describeItems({ items }: MailContent, { locale }: MailFormatter): string {
  const lines = items.map((item) => parseOrderItem({ ...item, unitPrice: 0n, amount: 0n } as Parameters<typeof parseOrderItem>[0]))
  const texts = describeLines(lines, locale).map(({ description, quantity }) =>
    quantity === 1 ? description : `${quantity} × ${description}`,
  )
  return texts.map((text) => displayName(text)).join(', ')
}
