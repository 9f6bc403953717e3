import { ApplyPlan, type BalanceFieldsFragment, CancelPlan, GrantCredit, IssueInvoice, PayOutBalance } from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import type { Choice } from '../blocks/list-filters'
import { useTexts } from '../use-texts'
import { useCommonFields } from './common-fields'

/** A user, or an organisation with the user who acts for it. */
export interface CustomerTarget {
  readonly name: string
  readonly userId: string
  readonly organisationId: string | null
}

/** The plan and the money of a customer; the API decides what is allowed. */
export function useCustomerActions({ name: target, userId, organisationId }: CustomerTarget, currency: string) {
  const { actions, explain, fields } = useTexts()
  const common = useCommonFields()
  const currencyField = { name: 'currency', label: fields.currency, kind: 'text', isRequired: true, initial: currency } as const
  // Inputs that name one customer take either of the ids.
  const either = organisationId === null ? { userId } : { organisationId }

  const grantPlan = (plans: readonly (Choice & { currency: string | undefined })[]): Action =>
    defineAction({
      label: actions.grantPlan,
      target,
      text: explain.grantPlan,
      fields: [
        { name: 'planId', label: fields.plan, kind: 'choice', isRequired: true, options: plans },
        {
          ...common.amount(currency, undefined, false),
          description: fields.grantAmountHelp,
          currencyBy: ({ planId }) => plans.find(({ value }) => value === planId)?.currency,
        },
        { name: 'expiresAt', label: fields.endsAt, kind: 'lastDay', description: fields.neverByDefault },
        common.notes,
      ],
      operation: ApplyPlan,
      variables: ({ planId, ...values }, idempotencyKey) => ({ input: { ...values, planId, userId, organisationId, idempotencyKey } }),
    })

  const cancelPlan: Action = defineAction({
    label: actions.endPlan,
    target,
    text: explain.endPlan,
    isDangerous: true,
    fields: [{ name: 'creditUnused', label: fields.creditUnused, kind: 'switch', initial: true, isWide: true }, common.notes],
    operation: CancelPlan,
    variables: ({ creditUnused, notes }) => ({ input: { userId, organisationId, creditUnused, notes } }),
  })

  const grantCredit: Action = defineAction({
    label: actions.grantCredit,
    target,
    text: explain.grantCredit,
    fields: [
      common.amount(currency),
      currencyField,
      { name: 'expiresAt', label: fields.expiresOn, kind: 'lastDay', description: fields.neverByDefault },
      common.reason(),
    ],
    operation: GrantCredit,
    variables: ({ amount, currency: of, ...values }, idempotencyKey) => ({
      input: {
        reason: values.reason,
        expiresAt: values.expiresAt,
        ...either,
        amount: { minorUnits: amount, currency: of },
        idempotencyKey,
      },
    }),
  })

  const payOut = ({ available, granted }: BalanceFieldsFragment): Action =>
    defineAction({
      label: actions.payOut,
      target,
      text: explain.payOut,
      isDangerous: true,
      fields: [
        common.amount(available.currency, granted.minorUnits === 0 ? available.decimal : undefined),
        { name: 'reference', label: fields.reference, kind: 'text', description: fields.payOutReferenceHelp },
        common.reason(),
      ],
      operation: PayOutBalance,
      variables: ({ amount, reference, reason }, idempotencyKey) => ({
        input: { amount, reference, reason, ...either, currency: available.currency, idempotencyKey },
      }),
    })

  const issueInvoice: Action = defineAction({
    label: actions.issueInvoice,
    target,
    text: explain.issueInvoice,
    fields: [
      {
        name: 'items',
        label: fields.lines,
        kind: 'lines',
        lineFields: [
          { name: 'description', label: fields.description, kind: 'text', isRequired: true, isWide: true },
          { name: 'quantity', label: fields.quantity, kind: 'number', isRequired: true, initial: '1' },
          { name: 'unitPrice', label: fields.unitPrice, kind: 'amount', isRequired: true },
        ],
      },
      currencyField,
      { name: 'dueAt', label: fields.dueAt, kind: 'lastDay', description: fields.dueHelp },
      { name: 'purchaseOrder', label: fields.purchaseOrder, kind: 'text' },
      common.notes,
    ],
    operation: IssueInvoice,
    variables: ({ items, currency: of, ...values }, idempotencyKey) => ({
      input: { ...values, userId, organisationId, currency: of, items, idempotencyKey },
    }),
  })

  return { grantPlan, cancelPlan, grantCredit, payOut, issueInvoice }
}
