import type { SubscriptionRowFragment } from '../../generated/admin'
import type { Column } from '../../ui/data-table'
import { useLocale } from '../../ui/locale'
import { Link, useLocation } from '../../ui/router'
import { CustomerLink } from '../blocks/customer-link'
import { Status } from '../blocks/status'
import { useTexts } from '../use-texts'

/** The columns of every table of subscriptions. */
export function useSubscriptionColumns(): Column<SubscriptionRowFragment>[] {
  const { fields, enums } = useTexts()
  const { money, date } = useLocale()
  const { toPath } = useLocation()
  return [
    { key: 'customer', title: fields.customer, cell: ({ customer }) => <CustomerLink customer={customer} /> },
    {
      key: 'plan',
      title: fields.plan,
      cell: ({ plan }) => (
        <Link size="sm" to={toPath(`catalog/${plan.id}`)}>
          {plan.name}
        </Link>
      ),
    },
    {
      key: 'status',
      title: fields.status,
      cell: ({ status, suspendedReason }) => <Status of="subscriptionStatus" value={suspendedReason ? 'SUSPENDED' : status} />,
    },
    { key: 'collection', title: fields.collection, cell: ({ collection, provider }) => provider ?? enums.collection[collection] },
    { key: 'end', title: fields.periodEnd, cell: ({ endsAt, currentPeriodEnd }) => date(endsAt ?? currentPeriodEnd) },
    {
      key: 'price',
      title: fields.price,
      align: 'end',
      cell: ({ price, interval }) => price && `${money(price)} / ${enums.interval[interval]}`,
    },
  ]
}
