import { Alert, Button, Group, Text } from '@mantine/core'
import type { OverviewQuery } from '../generated/portal'
import { useLocale } from '../ui/locale'
import { followLink, Link } from '../ui/router'
import { usePortal } from './customer'
import { sumsByCurrency } from './money'
import { useTexts } from './use-texts'
import { type WaitingOrder, waitingOrders } from './waiting-orders'

/** The reminder of open invoices. Their sum is stated when all of them were read. */
export function OpenInvoices({ data: { node } }: { data: OverviewQuery }) {
  const texts = useTexts()
  const locale = useLocale()
  const { toPath } = usePortal()
  const invoices = node && 'invoices' in node ? node.invoices : null
  if (!invoices || invoices.nodes.length === 0) return null
  const { nodes: open, pageInfo } = invoices
  const sums = sumsByCurrency(open.map(({ amountDue }) => amountDue))
  const isOverdue = open.some((invoice) => invoice.isOverdue)
  const [first] = open
  const to = open.length === 1 && first ? toPath(`invoices/${first.id}`) : toPath('invoices', { status: 'open' })
  return (
    <Alert color={isOverdue ? 'red' : 'yellow'} component="section" aria-label={texts.invoices}>
      <Group justify="space-between">
        <Text fw={650}>
          {pageInfo.hasNextPage
            ? texts.manyOpenInvoices(locale.number(open.length))
            : texts.openInvoices(open.length, sums.map(locale.money).join(' + '))}
          {isOverdue && ` – ${texts.overdue}`}
        </Text>
        <Button component="a" href={to} onClick={(event) => followLink(event, to)} size="sm">
          {texts.pay}
        </Button>
      </Group>
    </Alert>
  )
}

/** Orders that wait for their payment, or for the seller who looks for it. */
export function PendingOrders({ data: { node } }: { data: OverviewQuery }) {
  const texts = useTexts()
  const { toPath } = usePortal()
  const orders = node && 'orders' in node ? node.orders : null
  if (!orders) return null
  return (
    <>
      {waitingOrders(orders).nodes.map((order) => (
        <PendingOrder key={order.id} order={order} />
      ))}
      {orders.pageInfo.hasNextPage && <Link to={toPath('invoices')}>{texts.allPendingOrders}</Link>}
    </>
  )
}

function PendingOrder({ order: { id, plan, amount, reportedPayments } }: { order: WaitingOrder }) {
  const texts = useTexts()
  const { money } = useLocale()
  const { toPath } = usePortal()
  const name = plan?.name ?? texts.topUp
  const isReported = reportedPayments.some(({ status }) => status === 'REPORTED')
  const to = toPath(`orders/${id}`)
  return (
    <Alert color={isReported ? 'blue' : 'yellow'} role="region" aria-label={texts.pendingOrders}>
      <Group justify="space-between">
        <Text fw={650}>{isReported ? texts.orderIsChecked(name, money(amount)) : texts.orderWaits(name, money(amount))}</Text>
        <Button component="a" href={to} onClick={(event) => followLink(event, to)} size="sm" variant={isReported ? 'default' : 'filled'}>
          {isReported ? texts.details : texts.pay}
        </Button>
      </Group>
    </Alert>
  )
}
