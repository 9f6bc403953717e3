import type { OrderRowFragment } from '../../generated/admin'
import type { Column } from '../../ui/data-table'
import { useLocale } from '../../ui/locale'
import { Link, useLocation } from '../../ui/router'
import { CustomerLink } from '../blocks/customer-link'
import { Status } from '../blocks/status'
import { useTexts } from '../use-texts'

/** The columns of every table of orders. */
export function useOrderColumns({ hidesCustomer = false } = {}): Column<OrderRowFragment>[] {
  const { fields, enums } = useTexts()
  const { money, date } = useLocale()
  const { toPath } = useLocation()
  return [
    {
      key: 'order',
      title: fields.order,
      cell: ({ id, description }) => (
        <Link to={toPath(`sales/${id}`)} size="sm" fw={600}>
          {description}
        </Link>
      ),
    },
    ...(hidesCustomer
      ? []
      : [{ key: 'customer', title: fields.customer, cell: ({ customer }: OrderRowFragment) => <CustomerLink customer={customer} /> }]),
    { key: 'date', title: fields.date, cell: (order) => date(order.date) },
    { key: 'reason', title: fields.orderReason, cell: ({ reason }) => enums.orderReason[reason] },
    { key: 'status', title: fields.status, cell: ({ status }) => <Status of="orderStatus" value={status} /> },
    { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
  ]
}
