import '@mantine/charts/styles.css'
import { BarChart, CompositeChart } from '@mantine/charts'
import { SimpleGrid, Stack } from '@mantine/core'
import { type Amount, useLocale } from '../../ui/locale'
import type { OverviewProps } from '../overview'
import { useTexts } from '../use-texts'
import { ChartCard } from './chart-card'

const HEIGHT = 260
/** A bar of a plan, and what is around the bars. */
const BAR_HEIGHT = 44
const AXIS_HEIGHT = 40
const MAX_PLANS = 8

const value = ({ decimal }: Amount) => Number(decimal)

/** Charts of the revenue, the MRR, the receivables and the plans. */
export default function OverviewCharts(props: OverviewProps) {
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <RevenueChart {...props} />
        <MrrChart {...props} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <ReceivablesChart {...props} />
        <PlansChart {...props} />
      </SimpleGrid>
    </Stack>
  )
}

/** Months and amounts as the axes and tooltips of a chart show them. */
function useFormats(currency: string) {
  const { tag } = useLocale()
  const months = new Intl.DateTimeFormat(tag, { month: 'short', year: '2-digit', timeZone: 'UTC' })
  const compact = new Intl.NumberFormat(tag, {
    style: 'currency',
    currency: currency || 'EUR',
    notation: 'compact',
    maximumFractionDigits: 1,
  })
  return {
    month: (month: string) => months.format(new Date(`${month}-01T00:00:00Z`)),
    compact: (amount: number) => compact.format(amount),
  }
}

function RevenueChart({ data, currency }: OverviewProps) {
  const { overview, fields } = useTexts()
  const { money } = useLocale()
  const format = useFormats(currency)
  const rows = data.revenueReport.filter((row) => row.currency === currency)
  return (
    <ChartCard
      title={overview.revenue}
      text={overview.revenueText}
      isEmpty={rows.every(({ revenue, received }) => value(revenue) === 0 && value(received) === 0)}
      rows={rows}
      rowKey={({ month }) => month}
      columns={[
        { key: 'month', title: fields.month, cell: ({ month }) => format.month(month) },
        { key: 'revenue', title: overview.revenueSeries, align: 'end', cell: ({ revenue }) => money(revenue) },
        { key: 'received', title: overview.receivedSeries, align: 'end', cell: ({ received }) => money(received) },
      ]}
    >
      <BarChart
        h={HEIGHT}
        dataKey="month"
        data={rows.map(({ month, revenue, received }) => ({
          month: format.month(month),
          revenue: value(revenue),
          received: value(received),
        }))}
        series={[
          { name: 'revenue', label: overview.revenueSeries, color: 'accent.6' },
          { name: 'received', label: overview.receivedSeries, color: 'teal.6' },
        ]}
        valueFormatter={format.compact}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 32 }}
        tickLine="none"
        barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
      />
    </ChartCard>
  )
}

function MrrChart({ data, currency }: OverviewProps) {
  const { overview, fields } = useTexts()
  const { money, number } = useLocale()
  const format = useFormats(currency)
  const rows = data.revenueReport.filter((row) => row.currency === currency)
  return (
    <ChartCard
      title={overview.mrrAndChurn}
      text={overview.mrrText}
      isEmpty={rows.every(({ mrrEnd, churn }) => value(mrrEnd) === 0 && value(churn) === 0)}
      rows={rows}
      rowKey={({ month }) => month}
      columns={[
        { key: 'month', title: fields.month, cell: ({ month }) => format.month(month) },
        { key: 'mrr', title: overview.mrr, align: 'end', cell: ({ mrrEnd }) => money(mrrEnd) },
        { key: 'new', title: overview.newMrr, align: 'end', cell: ({ newMrr }) => money(newMrr) },
        { key: 'expansion', title: overview.expansion, align: 'end', cell: ({ expansion }) => money(expansion) },
        { key: 'contraction', title: overview.contraction, align: 'end', cell: ({ contraction }) => money(contraction) },
        { key: 'churn', title: overview.churn, align: 'end', cell: ({ churn }) => money(churn) },
        { key: 'customers', title: overview.customers, align: 'end', cell: ({ activeCustomers }) => number(activeCustomers) },
      ]}
    >
      <CompositeChart
        h={HEIGHT}
        dataKey="month"
        data={rows.map(({ month, mrrEnd, newMrr, expansion, contraction, churn }) => ({
          month: format.month(month),
          mrr: value(mrrEnd),
          gained: value(newMrr) + value(expansion),
          lost: -(value(churn) + value(contraction)),
        }))}
        series={[
          { name: 'gained', label: overview.gained, color: 'teal.6', type: 'bar' },
          { name: 'lost', label: overview.lost, color: 'red.6', type: 'bar' },
          { name: 'mrr', label: overview.mrr, color: 'accent.6', type: 'line' },
        ]}
        valueFormatter={format.compact}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 32 }}
        tickLine="none"
        withDots={false}
        strokeWidth={2.5}
        barProps={{ isAnimationActive: false }}
        lineProps={{ isAnimationActive: false }}
        composedChartProps={{ stackOffset: 'sign' }}
      />
    </ChartCard>
  )
}

function ReceivablesChart({ data, currency }: OverviewProps) {
  const { overview, fields } = useTexts()
  const { money, number } = useLocale()
  const format = useFormats(currency)
  const ages = data.receivables.find((row) => row.currency === currency)?.ages ?? []
  const next = (index: number) => ages[index + 1]?.overdueDays ?? null
  const labels = ages.map(({ overdueDays }, index) => (overdueDays === null ? overview.notDue : overview.days(overdueDays, next(index))))
  const rows = ages.map((age, index) => ({ ...age, label: labels[index] ?? '' }))
  return (
    <ChartCard
      title={overview.openAndOverdue}
      text={overview.openText}
      isEmpty={rows.every(({ count }) => count === 0)}
      rows={rows}
      rowKey={({ label }) => label}
      columns={[
        { key: 'age', title: overview.age, cell: ({ label }) => label },
        { key: 'count', title: fields.invoices, align: 'end', cell: ({ count }) => number(count) },
        { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
      ]}
    >
      <BarChart
        h={HEIGHT}
        dataKey="label"
        data={rows.map(({ label, amount, overdueDays }) => ({ label, [overdueDays === null ? 'open' : 'overdue']: value(amount) }))}
        type="stacked"
        series={[
          { name: 'open', label: overview.notDue, color: 'accent.6' },
          { name: 'overdue', label: overview.overdue, color: 'red.6' },
        ]}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 32 }}
        valueFormatter={format.compact}
        tickLine="none"
        barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
      />
    </ChartCard>
  )
}

function PlansChart({ data: { allPlans } }: OverviewProps) {
  const { overview, fields } = useTexts()
  const { number } = useLocale()
  const rows = allPlans
    .map(({ id, name, subscriberCount }) => ({ id, name, count: subscriberCount ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
  const shown = rows.slice(0, MAX_PLANS)
  return (
    <ChartCard
      title={overview.plans}
      text={overview.plansText}
      isEmpty={rows.length === 0}
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        { key: 'plan', title: fields.plan, cell: ({ name }) => name },
        { key: 'count', title: fields.subscribers, align: 'end', cell: ({ count }) => number(count) },
      ]}
    >
      <BarChart
        h={Math.max(HEIGHT / 2, shown.length * BAR_HEIGHT + AXIS_HEIGHT)}
        orientation="vertical"
        dataKey="name"
        data={shown.map(({ name, count }) => ({ name, count }))}
        series={[{ name: 'count', label: fields.subscribers, color: 'accent.6' }]}
        xAxisProps={{ allowDecimals: false }}
        yAxisProps={{ width: 90 }}
        gridAxis="x"
        tickLine="none"
        withBarValueLabel
        barProps={{ radius: [0, 3, 3, 0], isAnimationActive: false, barSize: 22 }}
      />
    </ChartCard>
  )
}
