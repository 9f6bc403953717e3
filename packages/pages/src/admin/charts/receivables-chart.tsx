import { BarChart } from '@mantine/charts'
import { useLocale } from '../../ui/locale'
import type { OverviewProps } from '../overview'
import { useTexts } from '../use-texts'
import { ChartCard } from './chart-card'
import { ACCENT, CHART_HEIGHT, heightOf, useFormats, WITHOUT_FOCUS } from './chart-formats'

export function ReceivablesChart({ data, currency }: OverviewProps) {
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
        h={CHART_HEIGHT}
        dataKey="label"
        data={rows.map(({ label, amount, overdueDays }) => ({ label, [overdueDays === null ? 'open' : 'overdue']: heightOf(amount) }))}
        type="stacked"
        series={[
          { name: 'open', label: overview.notDue, color: ACCENT },
          { name: 'overdue', label: overview.overdue, color: 'red.6' },
        ]}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 32 }}
        valueFormatter={format.compact}
        tickLine="none"
        barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
        barChartProps={WITHOUT_FOCUS}
      />
    </ChartCard>
  )
}
