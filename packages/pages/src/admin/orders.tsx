import { AllOrders, type OrderRowFragment } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useOrderActions } from './actions/order-actions'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { customerName } from './blocks/customer-link'
import { timesOfDays } from './blocks/day-filters'
import { List } from './blocks/list'
import { type ListValues, listOf } from './blocks/list-state'
import { Page } from './blocks/page'
import { useOrderColumns } from './columns/order-columns'
import { useTexts } from './use-texts'

export default function Orders() {
  const texts = useTexts()
  return (
    <Page title={texts.nav.orders} text={texts.intro.orders}>
      <OrderList />
    </Page>
  )
}

interface OrderListProps {
  /** Only those of a customer, or of a plan. */
  customerId?: string
  prefix?: string
}

export function OrderList({ customerId, prefix }: OrderListProps) {
  const actionColumn = useActionColumn<OrderRowFragment>()
  const { nav, fields } = useTexts()
  const { tag: locale } = useLocale()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useOrderColumns({ hidesCustomer: customerId !== undefined })
  const { approve, cancel } = useOrderActions()
  const toFilter = ({ search, status, reason, planId, from, to }: ListValues) => ({
    customerId,
    search,
    planId,
    status: listOf<OrderRowFragment['status']>(status),
    reason: listOf<OrderRowFragment['reason']>(reason),
    ...timesOfDays({ from, to }),
  })
  return (
    <List
      label={nav.orders}
      operation={AllOrders}
      connection={({ allOrders }) => allOrders}
      prefix={prefix ?? ''}
      sorts={sorts}
      filters={[
        ...(customerId === undefined ? [{ name: 'search', label: fields.searchOrders, kind: 'search' } as const] : []),
        { name: 'status', label: fields.status, kind: 'choice', options: choices('orderStatus') },
        { name: 'reason', label: fields.orderReason, kind: 'choice', options: choices('orderReason') },
        { name: 'from', label: fields.from, kind: 'day' },
        { name: 'to', label: fields.to, kind: 'day' },
      ]}
      variables={(values) => ({ locale, filter: toFilter(values) })}
      columns={[
        ...columns,
        actionColumn(
          (order) => (order.status === 'PENDING' ? [approve(order), cancel(order)] : []),
          (order) => customerName(order.customer),
        ),
      ]}
    />
  )
}
