import { SimpleGrid, Stack, Text } from '@mantine/core'
import { Members as MembersOperation, type MembersQuery } from '../generated/admin'
import { useInvoiceTexts, useLocale } from '../ui/locale'
import { Link, useLocation } from '../ui/router'
import { useSubscriptionActions } from './actions/subscription-actions'
import { ActionButtons } from './blocks/action'
import { useChoices } from './blocks/choices'
import { CompleteTable } from './blocks/complete-table'
import { Facts } from './blocks/facts'
import { List, NO_ENTRIES } from './blocks/list'
import { listOf } from './blocks/list-state'
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
      {customer.__typename === 'User' ? <Memberships organisations={customer.organisations} /> : <Members organisationId={customer.id} />}
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

export function Balances({ customer: { balances } }: { customer: CustomerNode }) {
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

/** The organisations of a user, at most 100. */
function Memberships({ organisations }: { organisations: Extract<CustomerNode, { __typename: 'User' }>['organisations'] }) {
  const { nav, fields, enums } = useTexts()
  const choices = useChoices()
  if (organisations.length === 0) return null
  return (
    <Section title={nav.organisations}>
      <CompleteTable
        label={nav.organisations}
        rows={organisations}
        rowKey={({ organisation }) => organisation.id}
        filters={[
          { name: 'role', label: fields.role, kind: 'choice', options: choices('role'), matches: ({ role }, chosen) => role === chosen },
        ]}
        columns={[
          {
            key: 'name',
            title: fields.name,
            cell: ({ organisation: { id, name } }) => <CustomerIdLink id={id} name={name} />,
            value: ({ organisation }) => organisation.name,
          },
          { key: 'role', title: fields.role, cell: ({ role }) => enums.role[role] },
        ]}
      />
    </Section>
  )
}

type Member = NonNullable<MembersQuery['organisation']>['members']['nodes'][number]

/** The members of an organisation. */
function Members({ organisationId }: { organisationId: string }) {
  const { fields, enums } = useTexts()
  const choices = useChoices()
  return (
    <Section title={fields.members}>
      <List
        label={fields.members}
        operation={MembersOperation}
        connection={({ organisation }) => organisation?.members ?? NO_ENTRIES}
        rowKey={({ user }) => user.id}
        sorts={choices('memberSort')}
        filters={[{ name: 'role', label: fields.role, kind: 'choice', options: choices('role') }]}
        variables={({ role }) => ({ organisationId, role: listOf<Member['role']>(role) })}
        columns={[
          {
            key: 'name',
            title: fields.name,
            cell: ({ user: { id, name, email } }) => <CustomerIdLink id={id} name={name ?? email ?? id} />,
          },
          { key: 'email', title: fields.email, cell: ({ user }) => user.email },
          { key: 'role', title: fields.role, cell: ({ role }) => enums.role[role] },
        ]}
      />
    </Section>
  )
}

function CustomerIdLink({ id, name }: { id: string; name: string }) {
  const { toPath } = useLocation()
  return (
    <Link size="sm" to={toPath(`customers/${id}`)}>
      {name}
    </Link>
  )
}
