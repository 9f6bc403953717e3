import { BarChart } from '@mantine/charts'
import { useLocale } from '../../ui/locale'
import type { OverviewProps } from '../overview'
import { useTexts } from '../use-texts'
import { ChartCard } from './chart-card'
import { ACCENT, CHART_HEIGHT, heightOf, NEUTRAL, useFormats, WITHOUT_FOCUS } from './chart-formats'

export function RevenueChart({ data, currency }: OverviewProps) {
  const { overview, fields } = useTexts()
  const { money } = useLocale()
  const format = useFormats(currency)
  const rows = data.revenueReport.filter((row) => row.currency === currency)
  return (
    <ChartCard
      title={overview.revenue}
      text={overview.revenueText}
      isEmpty={rows.every(({ revenue, received }) => heightOf(revenue) === 0 && heightOf(received) === 0)}
      rows={rows}
      rowKey={({ month }) => month}
      columns={[
        { key: 'month', title: fields.month, cell: ({ month }) => format.month(month) },
        { key: 'revenue', title: overview.revenueSeries, align: 'end', cell: ({ revenue }) => money(revenue) },
        { key: 'received', title: overview.receivedSeries, align: 'end', cell: ({ received }) => money(received) },
      ]}
    >
      <BarChart
        h={CHART_HEIGHT}
        dataKey="month"
        data={rows.map(({ month, revenue, received }) => ({
          month: format.month(month),
          revenue: heightOf(revenue),
          received: heightOf(received),
        }))}
        series={[
          { name: 'revenue', label: overview.revenueSeries, color: ACCENT },
          { name: 'received', label: overview.receivedSeries, color: NEUTRAL },
        ]}
        valueFormatter={format.compact}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 32 }}
        tickLine="none"
        barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
        barChartProps={WITHOUT_FOCUS}
      />
    </ChartCard>
  )
}
