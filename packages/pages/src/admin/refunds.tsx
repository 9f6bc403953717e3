import { AllRefunds, type RefundRowFragment } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useInvoiceActions } from './actions/invoice-actions'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { customerName } from './blocks/customer-link'
import { timesOfDays } from './blocks/day-filters'
import { List } from './blocks/list'
import { listOf } from './blocks/list-state'
import { Page } from './blocks/page'
import { useRefundColumns } from './columns/invoice-columns'
import { useTexts } from './use-texts'

export default function Refunds() {
  const { nav, intro } = useTexts()
  return (
    <Page title={nav.refunds} text={intro.refunds}>
      <RefundList />
    </Page>
  )
}

export function RefundList({ customerId, prefix = '', empty }: { customerId?: string; prefix?: string; empty?: string }) {
  const actionColumn = useActionColumn<RefundRowFragment>()
  const { nav, fields } = useTexts()
  const { tag: locale } = useLocale()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useRefundColumns({ hidesCustomer: customerId !== undefined })
  const { confirmRefund } = useInvoiceActions()
  return (
    <List
      label={nav.refunds}
      operation={AllRefunds}
      connection={({ allRefunds }) => allRefunds}
      prefix={prefix}
      sorts={sorts}
      {...(empty !== undefined && { empty })}
      filters={[
        { name: 'status', label: fields.status, kind: 'choice', options: choices('refundStatus') },
        { name: 'from', label: fields.from, kind: 'day' },
        { name: 'to', label: fields.to, kind: 'day' },
      ]}
      variables={({ status, from, to }) => ({
        locale,
        filter: { customerId, status: listOf<RefundRowFragment['status']>(status), ...timesOfDays({ from, to }) },
      })}
      columns={[
        ...columns,
        actionColumn(
          (refund) => [confirmRefund(refund)],
          ({ customer }) => customerName(customer),
        ),
      ]}
    />
  )
}
