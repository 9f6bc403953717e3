import type { MailFacts, MailMessages } from './messages.js'

const IGNORE_IF_PAID = 'If you have paid already, please ignore this mail.'
const HOW_TO_PAY = 'How to pay is stated on the document.'

/** What the customer has declared, and when. */
function acknowledge({ receivedAt, request, order }: MailFacts): string[] {
  if (receivedAt === '') return []
  return request === ''
    ? [`Your request for a refund of order ${order} reached us on ${receivedAt}.`]
    : [`Your declaration about order ${order} reached us on ${receivedAt}: “${request}”.`]
}

export const english: MailMessages = {
  greeting: (name) => (name === null ? 'Hello,' : `Hello ${name},`),
  closing: 'Kind regards',
  footer: (seller) => `You receive this mail because you are a customer of ${seller}.`,
  questions: (address) => `Do you have questions? Reply to this mail or write to ${address}.`,
  portalNote: (days) => `The link to your account signs you in once, within ${days} days. Do not forward it to anybody.`,
  mails: {
    ORDER_PLACED: ({ order, seller, isTopUp }) => ({
      subject: `Your order ${order} at ${seller}`,
      heading: 'Thank you for your order',
      paragraphs: [
        isTopUp
          ? 'We have received your order. The amount is added to your balance when your payment has arrived.'
          : 'We have received your order. It becomes active when your payment has arrived.',
        HOW_TO_PAY,
      ],
    }),
    INVOICE: ({ document, documentKind, seller, amount, day, isPaid }) => ({
      subject: `${document} from ${seller}`,
      heading: document,
      paragraphs:
        documentKind === 'CREDIT_NOTE'
          ? [`Your credit note of ${amount} is attached.`]
          : isPaid
            ? [`Thank you for your payment. ${document} of ${amount} is attached; nothing is left to pay.`]
            : [`Your invoice of ${amount} is attached. Please pay it by ${day}.`, HOW_TO_PAY],
    }),
    PAYMENT_RECEIVED: ({ amount, order }) => ({
      subject: `We have received your payment of ${amount}`,
      heading: 'Payment received',
      paragraphs: [`Thank you. We have received your payment of ${amount} for order ${order}.`],
    }),
    PAYMENT_FAILED: ({ plan, day }) => ({
      subject: `The payment for ${plan} has failed`,
      heading: 'Payment failed',
      paragraphs: [
        `We could not collect the payment for your plan ${plan}. Please check your payment details.`,
        `Your plan remains active until ${day}. If the payment has not arrived by then, it is suspended.`,
      ],
    }),
    RENEWAL_UPCOMING: ({ plan, day, amount, isPaid }) => ({
      subject: `${plan} renews on ${day}`,
      heading: 'Your plan renews soon',
      paragraphs: [
        `Your plan ${plan} renews on ${day} for ${amount}.`,
        isPaid
          ? 'The invoice is paid from your balance. You need not do anything.'
          : 'Please pay the attached invoice by then, so that your plan continues.',
      ],
    }),
    PRICE_CHANGING: ({ plan, day, amount, newAmount }) => ({
      subject: `${plan}: new price from ${day}`,
      heading: 'A new price for your plan',
      paragraphs: [
        `From ${day} on, your plan ${plan} costs ${newAmount} per period instead of ${amount}.`,
        'If you do not want to continue at this price, you can cancel your plan before that day.',
      ],
    }),
    INVOICE_DUE: ({ document, amount, day }) => ({
      subject: `${document} is due on ${day}`,
      heading: 'Your invoice is due soon',
      paragraphs: [`Please pay ${amount} by ${day}. The invoice is attached again.`, IGNORE_IF_PAID],
    }),
    INVOICE_OVERDUE: ({ document, amount, day }) => ({
      subject: `Reminder: ${document} is overdue`,
      heading: 'Your invoice is overdue',
      paragraphs: [
        `The invoice was due on ${day}, and ${amount} is still to be paid. Please pay it now.`,
        'While an invoice is unpaid, your plan may be suspended.',
        IGNORE_IF_PAID,
      ],
    }),
    SUSPENDED: ({ plan, isOverdue }) => ({
      subject: `Your plan ${plan} is suspended`,
      heading: 'Your plan is suspended',
      paragraphs: isOverdue
        ? [`Your plan ${plan} is suspended because an invoice was not paid in time.`, 'It resumes when the invoice is paid.']
        : [`Your plan ${plan} is suspended. Please contact us.`],
    }),
    RESUMED: ({ plan }) => ({
      subject: `Your plan ${plan} is active again`,
      heading: 'Your plan is active again',
      paragraphs: [`The suspension of your plan ${plan} has ended. You can use it without restrictions.`],
    }),
    CANCELLED: ({ plan, receivedAt, endsAt, isEnded, isWithdrawal }) => ({
      subject: isWithdrawal ? `Your withdrawal from ${plan}` : `Your cancellation of ${plan}`,
      heading: isWithdrawal ? 'We confirm your withdrawal' : 'We confirm your cancellation',
      paragraphs: [
        isWithdrawal
          ? `Your withdrawal from the contract about ${plan} reached us on ${receivedAt}.`
          : `The cancellation of your plan ${plan} reached us on ${receivedAt}.`,
        isEnded ? `Your plan ended on ${endsAt}.` : `Your plan ends on ${endsAt}. You can use it until then, and it is not renewed.`,
      ],
    }),
    TERMINATED: ({ plan }) => ({
      subject: `Your plan ${plan} has ended`,
      heading: 'Your plan has ended',
      paragraphs: [
        `Your plan ${plan} has ended because an invoice was not paid.`,
        'We would be glad to see you again: you can place a new order at any time.',
      ],
    }),
    TRIAL_ENDING: ({ plan, day, amount }) => ({
      subject: `Your trial of ${plan} ends on ${day}`,
      heading: 'Your trial ends soon',
      paragraphs: [
        `Your trial of ${plan} ends on ${day}.`,
        amount === '' ? 'Afterwards, the plan is charged.' : `Afterwards, the plan costs ${amount} per period.`,
        'If you do not want to continue, you can cancel before that day.',
      ],
    }),
    REFUND_REQUESTED: (facts) => ({
      subject: facts.receivedAt === '' ? `We are refunding ${facts.amount} to you` : `Your request about order ${facts.order}`,
      heading: facts.receivedAt === '' ? 'Your refund is on its way' : 'We have received your request',
      paragraphs: [
        ...acknowledge(facts),
        `You get back ${facts.amount}. The credit note is attached, and you receive another mail when the amount is paid out.`,
      ],
    }),
    REFUND: (facts) => ({
      subject: `Your refund of ${facts.amount}`,
      heading: 'Refund',
      paragraphs: [
        ...acknowledge(facts),
        facts.isToBalance
          ? `We have refunded ${facts.amount} to your balance.`
          : `We have refunded ${facts.amount}. Until you see the money, a few days may pass, depending on your bank.`,
      ],
    }),
    PLAN_CHANGED: ({ plan, planBefore }) => ({
      subject: `Your plan is now ${plan}`,
      heading: 'Your plan has changed',
      paragraphs: [`Your plan has changed from ${planBefore} to ${plan}.`],
    }),
  },
  declarations: {
    CANCELLATION: 'Ordinary cancellation at the next possible time',
    EXTRAORDINARY_CANCELLATION: 'Extraordinary cancellation',
    WITHDRAWAL: 'Withdrawal',
  },
  labels: {
    order: 'Order',
    items: 'Items',
    plan: 'Plan',
    planBefore: 'Previous plan',
    newPlan: 'New plan',
    amount: 'Amount',
    amountDue: 'Amount due',
    amountPaid: 'Amount paid',
    amountRefunded: 'Amount refunded',
    price: 'Previous price',
    newPrice: 'New price',
    from: 'From',
    dueOn: 'Due on',
    validUntil: 'Valid until',
    renewsOn: 'Renews on',
    endsOn: 'Ends on',
    contract: 'Contract',
    declaration: 'Your declaration',
    receivedAt: 'Received on',
    activeUntil: 'Active until',
    status: 'Status',
    paid: 'Paid',
    attached: 'Attached',
  },
  buttons: { order: 'View your order', document: (title) => `View: ${title}`, pay: 'Pay now', portal: 'Manage your plan' },
}
