import type { Declaration } from '../../webhooks/index.js'
import type { MailKind } from '../mail.enums.js'

/** A document that a mail can contain. */
export type MailedDocument = 'INVOICE' | 'CREDIT_NOTE' | 'STATEMENT'

/** What the texts of a mail state, formatted for its reader. A text uses those that its kind has; the others are empty. */
export interface MailFacts {
  /** The name of the seller's brand. */
  readonly seller: string
  readonly order: string
  readonly plan: string
  readonly planBefore: string
  readonly amount: string
  readonly newAmount: string
  /** A date: due date, start of the next period, end of a trial. */
  readonly day: string
  /** "Invoice INV-2026-000001" */
  readonly document: string
  readonly documentKind: MailedDocument | null
  readonly isPaid: boolean
  /** Whether an order adds money to the balance. */
  readonly isTopUp: boolean
  /** Whether a refund goes to the balance only. */
  readonly isToBalance: boolean
  /** Whether a suspension is due to an unpaid invoice. */
  readonly isOverdue: boolean
  /** What the customer has written with a declaration or a request for a refund. */
  readonly request: string
  /** Date, time and zone at which a declaration of the customer has arrived; empty if there is none. */
  readonly receivedAt: string
  /** Date, time and zone of the end of a cancelled plan. */
  readonly endsAt: string
  /** Whether the customer has withdrawn from the contract instead of cancelling it. */
  readonly isWithdrawal: boolean
  /** Whether a cancelled plan has ended with its cancellation. */
  readonly isEnded: boolean
}

export interface MailText {
  readonly subject: string
  readonly heading: string
  readonly paragraphs: readonly string[]
}

/** The texts of mails in one language. */
export interface MailMessages {
  greeting(name: string | null): string
  closing: string
  /** Why the customer receives the mail. */
  footer(seller: string): string
  /** Where an answer goes. */
  questions(address: string): string
  /** About the link to the portal. */
  portalNote(days: number): string
  mails: Record<MailKind, (facts: MailFacts) => MailText>
  /** The content of a declaration that ends a contract. */
  declarations: Record<Declaration['kind'], string>
  labels: {
    order: string
    items: string
    plan: string
    planBefore: string
    newPlan: string
    amount: string
    amountDue: string
    amountPaid: string
    amountRefunded: string
    price: string
    newPrice: string
    from: string
    dueOn: string
    validUntil: string
    renewsOn: string
    endsOn: string
    contract: string
    declaration: string
    receivedAt: string
    activeUntil: string
    status: string
    paid: string
    attached: string
  }
  buttons: { order: string; document(title: string): string; pay: string; portal: string }
}
