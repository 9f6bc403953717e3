import { Anchor, Badge, Card, Checkbox, Group, Stack, Title } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import {
  type InvoicePageFragment,
  Invoices as InvoicesOperation,
  PageOfInvoices,
  PageOfOrders,
  type WaitingOrdersFragment,
} from '../generated/portal'
import type { Column } from '../ui/data-table'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useInvoiceTexts, useLocale } from '../ui/locale'
import { PagedTable } from '../ui/paged-table'
import { Link, navigate, useLocation } from '../ui/router'
import { usePortal } from './customer'
import { Part } from './part'
import { useTexts } from './use-texts'
import { type WaitingOrder, waitingOrders } from './waiting-orders'

const STATUS_COLORS: Readonly<Record<string, string>> = { OPEN: 'orange', PAID: 'teal' }

type InvoiceRow = InvoicePageFragment['nodes'][number]

/** `?status=open` lists the open invoices only, also those that are older than the first page. */
export default function Invoices() {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const isOpenOnly = useLocation().query.get('status') === 'open'
  const loaded = useLoaded(InvoicesOperation, { customerId: customer.id, status: isOpenOnly ? 'OPEN' : null })
  const showOpenOnly = (isChecked: boolean) => navigate(toPath('invoices', { status: isChecked ? 'open' : undefined }))
  return (
    <Part title={texts.invoices}>
      <Checkbox label={texts.onlyOpen} checked={isOpenOnly} onChange={({ currentTarget }) => showOpenOnly(currentTarget.checked)} />
      <LoadedContent loaded={loaded}>
        {({ node }) => {
          if (!node || !('invoices' in node) || !node.invoices) return null
          const { id, invoices, orders } = node
          return (
            <Stack gap="lg">
              {orders && <PendingOrders key={id} orders={waitingOrders(orders)} />}
              <Card withBorder padding="lg">
                <InvoiceTable key={`${id} ${isOpenOnly}`} invoices={invoices} isOpenOnly={isOpenOnly} />
              </Card>
            </Stack>
          )
        }}
      </LoadedContent>
    </Part>
  )
}

function InvoiceTable({ invoices, isOpenOnly }: { invoices: InvoicePageFragment; isOpenOnly: boolean }) {
  const texts = useTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money, date } = useLocale()
  const { customer, toPath } = usePortal()
  const columns: Column<InvoiceRow>[] = [
    { key: 'number', title: texts.invoiceNumber, cell: ({ number }) => number },
    { key: 'date', title: invoiceTexts.date, cell: ({ createdAt }) => date(createdAt) },
    { key: 'status', title: texts.status, cell: (invoice) => <InvoiceStatus invoice={invoice} /> },
    { key: 'amount', title: invoiceTexts.amount, align: 'end', cell: ({ amount }) => money(amount) },
    {
      key: 'actions',
      title: texts.actions,
      isTitleHidden: true,
      align: 'end',
      cell: (invoice) => (
        <Group gap="sm" justify="flex-end">
          {invoice.status === 'OPEN' && (
            <Link to={toPath(`invoices/${invoice.id}`)} fw={600} size="sm">
              {texts.pay}
            </Link>
          )}
          <FileLink href={invoice.pdfUrl} name={`${texts.pdf} ${invoice.number}`}>
            {texts.pdf}
          </FileLink>
          {invoice.xmlUrl && (
            <FileLink href={invoice.xmlUrl} name={`${texts.xml} ${invoice.number}`}>
              {texts.xml}
            </FileLink>
          )}
          {invoice.creditNotes.map(({ id, number, pdfUrl }) => (
            <FileLink key={id} href={pdfUrl} name={`${invoiceTexts.titles.CREDIT_NOTE} ${number}`}>
              {number}
            </FileLink>
          ))}
        </Group>
      ),
    },
  ]
  return (
    <PagedTable
      label={texts.invoices}
      columns={columns}
      empty={isOpenOnly ? texts.nothingDue : undefined}
      firstPage={invoices}
      operation={PageOfInvoices}
      variables={{ customerId: customer.id, status: isOpenOnly ? 'OPEN' : null }}
      pageOf={({ node }) => (node && 'invoices' in node ? node.invoices : null)}
    />
  )
}

function InvoiceStatus({ invoice: { status, dueAt, isOverdue } }: { invoice: InvoiceRow }) {
  const texts = useTexts()
  const { date } = useLocale()
  return (
    <Group gap="xs">
      <Badge color={isOverdue ? 'red' : (STATUS_COLORS[status] ?? 'gray')} variant="light">
        {isOverdue ? texts.overdue : texts.invoiceStatuses[status]}
      </Badge>
      {status === 'OPEN' && (
        <span>
          {texts.dueOn} {date(dueAt)}
        </span>
      )}
    </Group>
  )
}

function PendingOrders({ orders }: { orders: WaitingOrdersFragment }) {
  const texts = useTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money, date } = useLocale()
  const { customer, toPath } = usePortal()
  if (orders.nodes.length === 0 && !orders.pageInfo.hasNextPage) return null
  const columns: Column<WaitingOrder>[] = [
    { key: 'order', title: invoiceTexts.order, cell: ({ plan }) => plan?.name ?? texts.topUp },
    { key: 'date', title: invoiceTexts.date, cell: (order) => date(order.date) },
    { key: 'until', title: texts.expiresOn, cell: ({ expiresAt }) => (expiresAt ? date(expiresAt) : null) },
    { key: 'amount', title: invoiceTexts.amount, align: 'end', cell: ({ amount }) => money(amount) },
    {
      key: 'actions',
      title: texts.actions,
      isTitleHidden: true,
      align: 'end',
      cell: ({ id }) => (
        <Link to={toPath(`orders/${id}`)} fw={600} size="sm">
          {texts.pay}
        </Link>
      ),
    },
  ]
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="pending">
      <Title order={2} id="pending" mb="sm">
        {texts.pendingOrders}
      </Title>
      <PagedTable
        label={texts.pendingOrders}
        columns={columns}
        firstPage={orders}
        operation={PageOfOrders}
        variables={{ customerId: customer.id }}
        pageOf={({ node }) => (node && 'orders' in node && node.orders ? waitingOrders(node.orders) : null)}
      />
    </Card>
  )
}

interface FileLinkProps {
  href: string
  /** For screen readers, which read links without their row. */
  name: string
  children: string
}

/** A link to a document, which opens in a new tab. */
export function FileLink({ href, name, children }: FileLinkProps) {
  const texts = useTexts()
  return (
    <Anchor size="sm" href={href} target="_blank" rel="noopener" aria-label={texts.download(name)}>
      {children}
    </Anchor>
  )
}
