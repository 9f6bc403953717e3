import { AllPayments, type PaymentRowFragment } from '../generated/admin'
import { useInvoiceTexts } from '../ui/locale'
import { useInvoiceActions } from './actions/invoice-actions'
import { useActionColumn } from './blocks/action-column'
import { useTimeSorts } from './blocks/choices'
import { customerName } from './blocks/customer-link'
import { timesOfDays } from './blocks/day-filters'
import { List } from './blocks/list'
import { listOf } from './blocks/list-state'
import { Page } from './blocks/page'
import { usePaymentColumns } from './columns/invoice-columns'
import { useTexts } from './use-texts'

export default function Payments() {
  const { nav, intro } = useTexts()
  return (
    <Page title={nav.payments} text={intro.payments}>
      <PaymentList />
    </Page>
  )
}

export function PaymentList({ customerId, prefix = '' }: { customerId?: string; prefix?: string }) {
  const actionColumn = useActionColumn<PaymentRowFragment>()
  const { nav, fields } = useTexts()
  const { paymentKinds } = useInvoiceTexts()
  const sorts = useTimeSorts()
  const columns = usePaymentColumns({ hidesCustomer: customerId !== undefined })
  const { reverse } = useInvoiceActions()
  const kinds = Object.entries(paymentKinds).map(([value, label]) => ({ value, label }))
  return (
    <List
      label={nav.payments}
      operation={AllPayments}
      connection={({ allPayments }) => allPayments}
      prefix={prefix}
      sorts={sorts}
      filters={[
        { name: 'kind', label: fields.kind, kind: 'choice', options: kinds },
        { name: 'from', label: fields.from, kind: 'day' },
        { name: 'to', label: fields.to, kind: 'day' },
      ]}
      variables={({ kind, from, to }) => ({
        filter: { customerId, kind: listOf<PaymentRowFragment['kind']>(kind), ...timesOfDays({ from, to }) },
      })}
      columns={[
        ...columns,
        actionColumn(
          (payment) => [reverse(payment)],
          (payment) => customerName(payment.customer),
        ),
      ]}
    />
  )
}
