import { Tabs } from '@mantine/core'
import { Organisations, Users, type UsersQuery } from '../generated/admin'
import type { Column } from '../ui/data-table'
import { useLocale } from '../ui/locale'
import { Link, useLocation } from '../ui/router'
import { useChoices } from './blocks/choices'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { Status } from './blocks/status'
import { PageTabs } from './blocks/tabs'
import { useTexts } from './use-texts'

/** What users and organisations have in common in these tables. */
type Row = Pick<UsersQuery['users']['nodes'][number], 'id' | 'name' | 'currentPlan' | 'subscription'>

export default function Customers() {
  const { nav, intro } = useTexts()
  return (
    <Page title={nav.customers} text={intro.customers}>
      <PageTabs
        tabs={[
          { value: 'users', label: nav.users },
          { value: 'organisations', label: nav.organisations },
        ]}
      >
        <Tabs.Panel value="users" pt="md">
          <UserList />
        </Tabs.Panel>
        <Tabs.Panel value="organisations" pt="md">
          <OrganisationList />
        </Tabs.Panel>
      </PageTabs>
    </Page>
  )
}

function useCustomerColumns(): Column<Row>[] {
  const { fields } = useTexts()
  const { date } = useLocale()
  const { toPath } = useLocation()
  return [
    {
      key: 'name',
      title: fields.name,
      cell: ({ id, name }) => (
        <Link to={toPath(`customers/${id}`)} size="sm" fw={600}>
          {name ?? id}
        </Link>
      ),
    },
    { key: 'plan', title: fields.plan, cell: ({ currentPlan }) => currentPlan?.name },
    {
      key: 'status',
      title: fields.subscription,
      cell: ({ subscription }) => subscription && <Status of="subscriptionStatus" value={subscription.status} />,
    },
    { key: 'end', title: fields.periodEnd, cell: ({ subscription }) => subscription && date(subscription.currentPeriodEnd) },
  ]
}

function UserList() {
  const { nav, fields } = useTexts()
  const choices = useChoices()
  const [name, ...others] = useCustomerColumns()
  return (
    <List
      label={nav.users}
      operation={Users}
      connection={({ users }) => users}
      sorts={choices('customerSort')}
      filters={[{ name: 'search', label: fields.searchCustomers, kind: 'search' }]}
      variables={({ search }) => ({ search })}
      columns={[...(name ? [name] : []), { key: 'email', title: fields.email, cell: ({ email }) => email }, ...others]}
    />
  )
}

function OrganisationList() {
  const { nav, fields } = useTexts()
  const choices = useChoices()
  const columns = useCustomerColumns()
  return (
    <List
      label={nav.organisations}
      operation={Organisations}
      connection={({ organisations }) => organisations}
      prefix="org-"
      sorts={choices('customerSort')}
      filters={[{ name: 'search', label: fields.searchCustomers, kind: 'search' }]}
      variables={({ search }) => ({ search })}
      columns={columns}
    />
  )
}
