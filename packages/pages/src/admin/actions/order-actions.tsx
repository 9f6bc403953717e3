import { ApplyPlan, CancelOrder, type OrderRowFragment, RecordPayment, RequestRefund } from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import { useChoices } from '../blocks/choices'
import { customerName } from '../blocks/customer-link'
import { RefundAmount } from '../refund-amount'
import { useTexts } from '../use-texts'
import { useCommonFields } from './common-fields'

/** What can be done with an order; the API decides whether it is allowed. */
export function useOrderActions() {
  const { actions, explain, fields } = useTexts()
  const common = useCommonFields()
  const choices = useChoices()
  const targetOf = (order: OrderRowFragment) => `${order.description} – ${customerName(order.customer)}`

  const approve = (order: OrderRowFragment): Action | false =>
    order.status === 'PENDING' &&
    order.planId !== null &&
    order.reason !== 'RENEWAL' &&
    defineAction({
      label: actions.approve,
      target: targetOf(order),
      text: explain.approve,
      fields: [common.notes],
      operation: ApplyPlan,
      variables: ({ notes }, idempotencyKey) => ({
        input: {
          userId: order.buyer.userId,
          organisationId: order.organisation?.id ?? null,
          planId: order.planId ?? '',
          orderId: order.id,
          notes,
          idempotencyKey,
        },
      }),
    })

  const recordPayment = (order: OrderRowFragment): Action | false =>
    order.status === 'PENDING' &&
    defineAction({
      label: actions.recordPayment,
      target: targetOf(order),
      text: explain.recordPayment,
      fields: common.payment(order.amount.currency, order.amount.decimal),
      operation: RecordPayment,
      variables: (values, idempotencyKey) => ({
        input: { ...(values as { amount: number; kind: 'CASH' }), orderId: order.id, idempotencyKey },
      }),
    })

  const cancel = (order: OrderRowFragment): Action | false =>
    ['PENDING', 'ACTIVE'].includes(order.status) &&
    defineAction({
      label: order.status === 'PENDING' ? actions.cancelOrder : actions.endPlan,
      target: targetOf(order),
      text: order.status === 'PENDING' ? explain.cancelOrder : explain.endPlan,
      isDangerous: true,
      operation: CancelOrder,
      variables: () => ({ input: { orderId: order.id } }),
    })

  const refund = (order: OrderRowFragment): Action | false =>
    ['ACTIVE', 'CANCELLED', 'EXPIRED'].includes(order.status) &&
    order.amount.minorUnits > 0 &&
    defineAction({
      label: actions.refund,
      target: targetOf(order),
      text: <RefundAmount orderId={order.id} />,
      isDangerous: true,
      fields: [
        { ...common.amount(order.amount.currency, undefined, false), description: fields.refundAmountHelp },
        {
          name: 'to',
          label: fields.refundTo,
          kind: 'choice',
          isRequired: true,
          initial: 'ORIGINAL',
          options: choices('refundDestination'),
        },
        { name: 'endPlan', label: fields.endPlan, kind: 'choice', options: choices('answer'), description: fields.endPlanHelp },
        common.reason(false),
      ],
      operation: RequestRefund,
      variables: ({ endPlan, ...values }, idempotencyKey) => ({
        input: { ...values, endPlan: endPlan === null ? null : endPlan === 'YES', orderId: order.id, idempotencyKey },
      }),
    })

  return { approve, recordPayment, cancel, refund }
}
