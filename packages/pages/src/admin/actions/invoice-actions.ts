import {
  ConfirmRefund,
  ConfirmReportedPayment,
  CreditInvoice,
  ExtendDueDate,
  type InvoiceRowFragment,
  type PaymentRowFragment,
  RecordPayment,
  type RefundRowFragment,
  RejectReportedPayment,
  type ReportRowFragment,
  ReversePayment,
  VoidInvoice,
} from '../../generated/admin'
import { useLocale } from '../../ui/locale'
import { type Action, defineAction } from '../blocks/action'
import { customerName } from '../blocks/customer-link'
import { useTexts } from '../use-texts'
import { useCommonFields } from './common-fields'

/** What can be done with invoices, payments, reported payments and refunds; the API decides whether it is allowed. */
export function useInvoiceActions() {
  const { actions, explain, fields } = useTexts()
  const { money } = useLocale()
  const common = useCommonFields()
  const isOpen = ({ status }: InvoiceRowFragment) => status === 'OPEN'

  const recordPayment = (invoice: InvoiceRowFragment): Action | false =>
    isOpen(invoice) &&
    defineAction({
      label: actions.recordPayment,
      target: invoice.number,
      text: explain.recordPayment,
      fields: common.payment(invoice.amountDue.currency, invoice.amountDue.decimal),
      operation: RecordPayment,
      variables: (values, idempotencyKey) => ({
        input: { ...(values as { amount: number; kind: 'CASH' }), invoiceId: invoice.id, idempotencyKey },
      }),
    })

  const extendDueDate = (invoice: InvoiceRowFragment): Action | false =>
    isOpen(invoice) &&
    defineAction({
      label: actions.extendDueDate,
      target: invoice.number,
      fields: [{ name: 'dueAt', label: fields.dueAt, kind: 'lastDay', isRequired: true }, common.notes],
      operation: ExtendDueDate,
      variables: ({ dueAt, notes }) => ({ input: { invoiceId: invoice.id, dueAt, notes } }),
    })

  const voidInvoice = (invoice: InvoiceRowFragment): Action | false =>
    isOpen(invoice) &&
    defineAction({
      label: actions.void,
      target: `${invoice.number} – ${customerName(invoice.customer)}`,
      text: explain.void,
      isDangerous: true,
      fields: [common.reason(false)],
      operation: VoidInvoice,
      variables: ({ reason }, idempotencyKey) => ({ input: { invoiceId: invoice.id, reason, idempotencyKey } }),
    })

  const credit = (invoice: InvoiceRowFragment): Action | false =>
    invoice.kind === 'INVOICE' &&
    ['PAID', 'PARTIALLY_REFUNDED', 'OPEN'].includes(invoice.status) &&
    defineAction({
      label: actions.credit,
      target: `${invoice.number} – ${customerName(invoice.customer)}`,
      text: explain.credit,
      isDangerous: true,
      fields: [{ ...common.amount(invoice.amount.currency, undefined, false), description: fields.creditAmountHelp }, common.reason(false)],
      operation: CreditInvoice,
      variables: ({ amount, reason }, idempotencyKey) => ({ input: { invoiceId: invoice.id, amount, reason, idempotencyKey } }),
    })

  const reverse = (payment: PaymentRowFragment): Action | false =>
    payment.reversedAt === null &&
    ['BANK_TRANSFER', 'CASH', 'OTHER'].includes(payment.kind) &&
    defineAction({
      label: actions.reverse,
      target: `${money(payment.amount)} – ${customerName(payment.customer)}`,
      text: explain.reverse,
      isDangerous: true,
      fields: [common.reason()],
      operation: ReversePayment,
      variables: ({ reason }, idempotencyKey) => ({ input: { paymentId: payment.id, reason, idempotencyKey } }),
    })

  const confirmReport = (report: ReportRowFragment): Action | false =>
    report.status === 'REPORTED' &&
    defineAction({
      label: actions.confirm,
      target: `${money(report.amount)} – ${customerName(report.customer)}`,
      text: explain.confirmReport,
      fields: common.payment(report.amount.currency, report.amount.decimal),
      operation: ConfirmReportedPayment,
      variables: (values, idempotencyKey) => ({ input: { ...values, id: report.id, idempotencyKey } }),
    })

  const rejectReport = (report: ReportRowFragment): Action | false =>
    report.status === 'REPORTED' &&
    defineAction({
      label: actions.reject,
      target: `${money(report.amount)} – ${customerName(report.customer)}`,
      text: explain.rejectReport,
      isDangerous: true,
      fields: [common.reason()],
      operation: RejectReportedPayment,
      variables: ({ reason }, idempotencyKey) => ({ input: { id: report.id, reason, idempotencyKey } }),
    })

  const confirmRefund = ({ parts, customer }: RefundRowFragment): Action | false => {
    const part = parts.find(({ status, destination }) => status === 'REQUESTED' && destination === 'ORIGINAL')
    return (
      part !== undefined &&
      defineAction({
        label: actions.confirmRefund,
        target: `${money(part.amount)} – ${customerName(customer)}`,
        text: explain.confirmRefund,
        fields: [{ name: 'reference', label: fields.reference, kind: 'text', isRequired: true, isWide: true }],
        operation: ConfirmRefund,
        variables: ({ reference }, idempotencyKey) => ({ input: { partId: part.id, reference, idempotencyKey } }),
      })
    )
  }

  return { recordPayment, extendDueDate, voidInvoice, credit, reverse, confirmReport, rejectReport, confirmRefund }
}
