import type { CustomerNameFragment } from '../../generated/admin'
import { Link, useLocation } from '../../ui/router'

/** The name of a user or an organisation, or what is known instead. */
export function customerName(customer: CustomerNameFragment): string {
  if ('organisationName' in customer && customer.organisationName) return customer.organisationName
  return ('name' in customer ? (customer.name ?? customer.email) : null) ?? customer.id
}

/** The name of a customer, which leads to everything about it. */
export function CustomerLink({ customer }: { customer: CustomerNameFragment }) {
  const { toPath } = useLocation()
  return (
    <Link to={toPath(`customers/${customer.id}`)} size="sm">
      {customerName(customer)}
    </Link>
  )
}
