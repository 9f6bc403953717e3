import { NativeSelect, SimpleGrid, Skeleton, Stack } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Overview as OverviewOperation, type OverviewQuery } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { navigate, useLocation } from '../ui/router'
import { Figure } from './blocks/figure'
import { Page } from './blocks/page'
import { useTexts } from './use-texts'

const BusinessCharts = lazy(() => import('./charts/business-charts'))

export default function Overview() {
  const { nav, fields } = useTexts()
  const { path, query, toPath } = useLocation()
  const loaded = useLoaded(OverviewOperation, {})
  const currencies = [...new Set(loaded.data?.revenueReport.map(({ currency }) => currency))]
  const currency = query.get('currency') ?? currencies[0] ?? ''
  const choice = currencies.length > 1 && (
    <NativeSelect
      label={fields.currency}
      value={currency}
      data={currencies}
      onChange={({ currentTarget }) => navigate(toPath(path, { currency: currentTarget.value }), { replace: true })}
    />
  )
  return (
    <Page title={nav.overview} actions={choice}>
      <LoadedContent loaded={loaded}>{(data) => <OverviewContent data={data} currency={currency} />}</LoadedContent>
    </Page>
  )
}

export interface OverviewProps {
  data: OverviewQuery
  currency: string
}

function OverviewContent({ data, currency }: OverviewProps) {
  return (
    <Stack gap="lg">
      <Figures data={data} currency={currency} />
      <Suspense fallback={<Skeleton height={640} />}>
        <BusinessCharts data={data} currency={currency} />
      </Suspense>
    </Stack>
  )
}

/** The most important numbers, for which no chart is needed. */
function Figures({ data: { revenueReport, receivables, allPlans }, currency }: OverviewProps) {
  const { overview } = useTexts()
  const { money, number } = useLocale()
  const { toPath } = useLocation()
  const month = revenueReport.filter((row) => row.currency === currency).at(-1)
  const due = receivables.find((row) => row.currency === currency)
  const subscribers = allPlans.reduce((sum, { subscriberCount }) => sum + (subscriberCount ?? 0), 0)
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="md">
      <Figure
        label={overview.mrr}
        value={month ? money(month.mrrEnd) : '–'}
        text={month && overview.sinceMonthStart(money(month.mrrStart))}
      />
      <Figure
        label={overview.revenueThisMonth}
        value={month ? money(month.revenue) : '–'}
        text={month && overview.received(money(month.received))}
      />
      <Figure
        label={overview.customers}
        value={number(month?.activeCustomers ?? 0)}
        text={overview.subscribers(number(subscribers))}
        to={toPath('subscriptions')}
      />
      <Figure
        label={overview.overdue}
        value={due ? money(due.overdue) : '–'}
        text={due ? overview.ofOpen(money(due.open), number(due.openCount)) : overview.nothingOpen}
        to={toPath('invoices', { status: 'OVERDUE' })}
        isAlarming={(due?.overdueCount ?? 0) > 0}
      />
    </SimpleGrid>
  )
}
