import { SimpleGrid, Stack, Text } from '@mantine/core'
import { DataTable } from '../ui/data-table'
import { useInvoiceTexts, useLocale } from '../ui/locale'
import { Link, useLocation } from '../ui/router'
import { useSubscriptionActions } from './actions/subscription-actions'
import { ActionButtons } from './blocks/action'
import { Facts } from './blocks/facts'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import type { CustomerNode } from './customer'
import { useTexts } from './use-texts'

/** Plan, balance, billing details and memberships of a customer. */
export function CustomerSummary({ customer }: { customer: CustomerNode }) {
  return (
    <Stack gap="lg">
      <Subscription customer={customer} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Balances customer={customer} />
        <Billing customer={customer} />
      </SimpleGrid>
      <Memberships customer={customer} />
    </Stack>
  )
}

function Subscription({ customer: { subscription, currentPlan } }: { customer: CustomerNode }) {
  const { fields, enums } = useTexts()
  const { money, date } = useLocale()
  const { suspend, unsuspend, setCollection } = useSubscriptionActions()
  const actions = subscription ? [unsuspend(subscription), setCollection(subscription), suspend(subscription)] : []
  return (
    <Section title={fields.subscription} actions={<ActionButtons isInTable actions={actions} />}>
      <Facts
        facts={[
          { label: fields.plan, value: currentPlan?.name },
          ...(subscription
            ? [
                {
                  label: fields.status,
                  value: <Status of="subscriptionStatus" value={subscription.suspendedReason ? 'SUSPENDED' : subscription.status} />,
                },
                {
                  label: fields.price,
                  value: subscription.price && `${money(subscription.price)} / ${enums.interval[subscription.interval]}`,
                },
                { label: fields.collection, value: subscription.provider ?? enums.collection[subscription.collection] },
                { label: fields.period, value: `${date(subscription.currentPeriodStart)} – ${date(subscription.currentPeriodEnd)}` },
                { label: fields.endsAt, value: subscription.endsAt && date(subscription.endsAt) },
              ]
            : []),
        ]}
      />
    </Section>
  )
}

function Balances({ customer: { balances } }: { customer: CustomerNode }) {
  const { fields } = useTexts()
  const { money } = useLocale()
  return (
    <Section title={fields.balance}>
      {!balances?.length && <Text c="dimmed">{fields.noBalance}</Text>}
      {balances?.map(({ currency, amount, available, held, granted }) => (
        <Facts
          key={currency}
          facts={[
            { label: fields.balance, value: <b>{money(amount)}</b> },
            { label: fields.available, value: money(available) },
            { label: fields.held, value: held.minorUnits > 0 && money(held) },
            { label: fields.granted, value: granted.minorUnits > 0 && money(granted) },
          ].filter(({ value }) => value !== false)}
        />
      ))}
    </Section>
  )
}

function Billing({ customer: { billingDetails: details } }: { customer: CustomerNode }) {
  const { fields } = useTexts()
  const invoice = useInvoiceTexts()
  return (
    <Section title={fields.billingDetails}>
      {details === null ? (
        <Text c="dimmed">{fields.noBillingDetails}</Text>
      ) : (
        <Facts
          facts={[
            { label: fields.name, value: details.name },
            {
              label: fields.address,
              value: [details.address, [details.zip, details.city].filter(Boolean).join(' '), details.state].filter(Boolean).join(', '),
            },
            { label: fields.country, value: details.country },
            { label: invoice.vatId, value: details.taxId },
            { label: fields.vatIdCheck, value: details.vatIdCheck && <Status of="vatIdStatus" value={details.vatIdCheck.status} /> },
            { label: invoice.registration, value: details.registrationId },
            { label: fields.reference, value: details.reference },
            { label: fields.purchaseOrder, value: details.purchaseOrder },
          ]}
        />
      )}
    </Section>
  )
}

function Memberships({ customer }: { customer: CustomerNode }) {
  const { nav, fields, enums } = useTexts()
  const { toPath } = useLocation()
  const isUser = customer.__typename === 'User'
  const rows = isUser
    ? customer.organisations.map(({ role, organisation: { id, name } }) => ({ role, id, name }))
    : customer.members.nodes.map(({ role, user: { id, name, email } }) => ({ role, id, name: name ?? email ?? id }))
  if (rows.length === 0) return null
  const title = isUser ? nav.organisations : fields.members
  return (
    <Section title={title}>
      <DataTable
        label={title}
        rows={rows}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: fields.name,
            cell: ({ id, name }) => (
              <Link size="sm" to={toPath(`customers/${id}`)}>
                {name}
              </Link>
            ),
          },
          { key: 'role', title: fields.role, cell: ({ role }) => enums.role[role] },
        ]}
      />
    </Section>
  )
}
