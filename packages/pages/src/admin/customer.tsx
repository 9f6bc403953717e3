import { Tabs, Text } from '@mantine/core'
import { CustomerDetails, type CustomerDetailsQuery } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { useParameter } from '../ui/router'
import { useAccessActions } from './actions/access-actions'
import { useCustomerActions } from './actions/customer-actions'
import { AuditList } from './audit'
import { ActionButtons } from './blocks/action'
import { NotFound } from './blocks/not-found'
import { Page } from './blocks/page'
import { PageTabs } from './blocks/tabs'
import { CustomerBalance } from './customer-balance'
import { CustomerSummary } from './customer-summary'
import { CustomerUsagePart } from './customer-usage'
import { InvoiceList } from './invoices'
import { MailList } from './mails'
import { OrderList } from './orders'
import { PaymentList } from './payments'
import { RefundList } from './refunds'
import { useTexts } from './use-texts'

type Node = NonNullable<CustomerDetailsQuery['node']>
export type CustomerNode = Extract<Node, { __typename: 'User' | 'Organisation' }>

const isCustomer = (node: Node | null): node is CustomerNode => node?.__typename === 'User' || node?.__typename === 'Organisation'
/** "user_55" is "user:55" in the audit log. */
const auditSubject = ({ __typename, id }: CustomerNode) =>
  `${__typename === 'User' ? 'user' : 'organisation'}:${id.slice(id.indexOf('_') + 1)}`

/** Everything about one customer. */
export default function Customer() {
  const loaded = useLoaded(CustomerDetails, { id: useParameter() })
  return (
    <LoadedContent loaded={loaded}>
      {({ node, allPlans }) => (isCustomer(node) ? <CustomerContent customer={node} plans={allPlans} /> : <NotFound backTo="customers" />)}
    </LoadedContent>
  )
}

interface CustomerContentProps {
  customer: CustomerNode
  plans: CustomerDetailsQuery['allPlans']
}

function CustomerContent({ customer, plans }: CustomerContentProps) {
  const { nav, fields } = useTexts()
  const { date } = useLocale()
  const isUser = customer.__typename === 'User'
  const { id } = customer
  const name = isUser ? (customer.name ?? customer.email ?? id) : customer.organisationName
  // An owner or admin acts for an organisation.
  const userId = isUser ? id : customer.managers.nodes[0]?.user.id
  const currency = customer.subscription?.price?.currency ?? plans.find(({ price }) => price)?.price?.currency ?? 'EUR'
  const target = { name, userId: userId ?? '', organisationId: isUser ? null : id }
  const actions = useCustomerActions(target, currency)
  const access = useAccessActions(target)
  const choices = plans
    .filter(({ archivedAt }) => archivedAt === null)
    .map(({ id: value, name: label, price }) => ({ value, label, currency: price?.currency }))
  // Granted credit is never paid out.
  const free = customer.balances?.find(({ available, granted }) => available.minorUnits > granted.minorUnits)
  const ofUser = [actions.grantPlan(choices), actions.issueInvoice, access.portalLink]
  const buttons = [
    ...(userId ? ofUser : []),
    actions.grantCredit,
    free && actions.payOut(free),
    isUser && access.endSessions,
    userId && customer.subscription && customer.subscription.status !== 'EXPIRED' && actions.cancelPlan,
  ].map((action) => action || null)
  const tabs = [
    { value: 'summary', label: nav.overview },
    { value: 'orders', label: nav.orders },
    { value: 'invoices', label: nav.invoices },
    { value: 'payments', label: nav.payments },
    { value: 'refunds', label: nav.refunds },
    { value: 'balance', label: fields.balance },
    { value: 'mails', label: nav.mails },
    { value: 'usage', label: fields.usage },
    { value: 'audit', label: nav.audit },
  ]
  return (
    <Page title={name} text={isUser ? customer.email : nav.organisations} backTo="customers" actions={<ActionButtons actions={buttons} />}>
      {isUser && customer.emailBouncedAt !== null && (
        <Text c="red.8" role="status">
          {fields.bounced(date(customer.emailBouncedAt))}
        </Text>
      )}
      <PageTabs tabs={tabs}>
        <Tabs.Panel value="summary" pt="md">
          <CustomerSummary customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="orders" pt="md">
          <OrderList customerId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="invoices" pt="md">
          <InvoiceList customerId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="payments" pt="md">
          <PaymentList customerId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="refunds" pt="md">
          <RefundList customerId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="balance" pt="md">
          <CustomerBalance customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="mails" pt="md">
          <MailList customerId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="usage" pt="md">
          <CustomerUsagePart customer={isUser ? { userId: id } : { organisationId: id }} actions={access} />
        </Tabs.Panel>
        <Tabs.Panel value="audit" pt="md">
          <AuditList subject={auditSubject(customer)} />
        </Tabs.Panel>
      </PageTabs>
    </Page>
  )
}
