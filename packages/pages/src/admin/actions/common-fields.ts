import { useInvoiceTexts } from '../../ui/locale'
import type { Field } from '../blocks/field'
import { useTexts } from '../use-texts'

/** The ways in which money arrives without a payment provider. */
const KINDS = ['BANK_TRANSFER', 'CASH', 'OTHER'] as const

/** Fields that several actions have. */
export function useCommonFields() {
  const { fields } = useTexts()
  const { paymentKinds } = useInvoiceTexts()
  const reason = (isRequired = true): Field => ({ name: 'reason', label: fields.reason, kind: 'text', isRequired, isWide: true })
  const notes: Field = { name: 'notes', label: fields.notes, kind: 'longText', description: fields.notesHelp }
  const amount = (currency: string, initial?: string, isRequired = true): Field => ({
    name: 'amount',
    label: fields.amount,
    kind: 'amount',
    currency,
    initial,
    isRequired,
  })
  const payment = (currency: string, initial: string): Field[] => [
    amount(currency, initial),
    {
      name: 'kind',
      label: fields.kind,
      kind: 'choice',
      isRequired: true,
      initial: 'BANK_TRANSFER',
      options: KINDS.map((value) => ({ value, label: paymentKinds[value] })),
    },
    { name: 'reference', label: fields.reference, kind: 'text' },
    { name: 'receivedAt', label: fields.receivedAt, kind: 'day', description: fields.todayByDefault },
  ]
  return { reason, notes, amount, payment }
}
