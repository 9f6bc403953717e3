import { AllPlans, type PlanFieldsFragment } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { Link, useLocation } from '../ui/router'
import { usePlanActions } from './actions/plan-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices } from './blocks/choices'
import { type CompleteColumn, CompleteTable } from './blocks/complete-table'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { useTexts } from './use-texts'

/** Archived plans are of no use for new customers, so they are below the others. */
export default function Catalog() {
  const { nav, intro, fields } = useTexts()
  const { create } = usePlanActions()
  const loaded = useLoaded(AllPlans, {})
  const plans = loaded.data?.allPlans ?? []
  const archived = plans.filter(({ archivedAt }) => archivedAt !== null)
  const currency = plans[0]?.currency ?? 'EUR'
  return (
    <Page title={nav.plans} text={intro.plans} actions={<ActionButtons actions={[create(currency)]} />}>
      <LoadedContent loaded={loaded}>
        {({ allPlans }) => <PlanTable label={nav.plans} plans={allPlans.filter(({ archivedAt }) => archivedAt === null)} />}
      </LoadedContent>
      {archived.length > 0 && (
        <Section title={fields.archived}>
          <PlanTable label={fields.archived} plans={archived} prefix="archived-" />
        </Section>
      )}
    </Page>
  )
}

interface PlanTableProps {
  label: string
  plans: readonly PlanFieldsFragment[]
  prefix?: string
}

function PlanTable({ label, plans, prefix = '' }: PlanTableProps) {
  const actionColumn = useActionColumn<PlanFieldsFragment>()
  const { empty, fields, enums } = useTexts()
  const choices = useChoices()
  const { money, number } = useLocale()
  const { toPath } = useLocation()
  const { edit, archive } = usePlanActions()
  const columns: CompleteColumn<PlanFieldsFragment>[] = [
    {
      key: 'name',
      title: fields.name,
      cell: ({ id, name }) => (
        <Link size="sm" fw={600} to={toPath(`catalog/${id}`)}>
          {name}
        </Link>
      ),
      value: ({ name }) => name,
    },
    { key: 'type', title: fields.type, cell: ({ type }) => enums.planType[type], value: ({ type }) => enums.planType[type] },
    { key: 'status', title: fields.status, cell: (plan) => <Status of="planState" value={stateOf(plan)} /> },
    {
      key: 'price',
      title: fields.price,
      align: 'end',
      cell: ({ price, interval }) => (price ? `${money(price)} / ${enums.interval[interval]}` : fields.customPrice),
      value: ({ price }) => price?.minorUnits,
    },
    {
      key: 'subscribers',
      title: fields.subscribers,
      align: 'end',
      cell: ({ id, subscriberCount }) => (
        <Link size="sm" to={toPath('subscriptions', { planId: id })}>
          {number(subscriberCount ?? 0)}
        </Link>
      ),
      value: ({ subscriberCount }) => subscriberCount ?? 0,
    },
    actionColumn(
      (plan) => [edit(plan), archive(plan)],
      (plan) => plan.name,
    ),
  ]
  return (
    <CompleteTable
      label={label}
      columns={columns}
      rows={plans}
      rowKey={({ id }) => id}
      prefix={prefix}
      empty={empty.plans}
      filters={[
        { name: 'type', label: fields.type, kind: 'choice', options: choices('planType'), matches: ({ type }, chosen) => type === chosen },
      ]}
    />
  )
}

export function stateOf({ archivedAt, hiddenFromBilling, isDefault }: PlanFieldsFragment): string {
  if (archivedAt !== null) return 'ARCHIVED'
  if (hiddenFromBilling) return 'HIDDEN'
  return isDefault ? 'DEFAULT' : 'ACTIVE'
}
