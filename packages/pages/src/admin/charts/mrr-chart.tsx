import { CompositeChart } from '@mantine/charts'
import { useLocale } from '../../ui/locale'
import type { OverviewProps } from '../overview'
import { useTexts } from '../use-texts'
import { ChartCard } from './chart-card'
import { ACCENT, CHART_HEIGHT, heightOf, useFormats } from './chart-formats'

export function MrrChart({ data, currency }: OverviewProps) {
  const { overview, fields } = useTexts()
  const { money, number } = useLocale()
  const format = useFormats(currency)
  const rows = data.revenueReport.filter((row) => row.currency === currency)
  return (
    <ChartCard
      title={overview.mrrAndChurn}
      text={overview.mrrText}
      isEmpty={rows.every(({ mrrEnd, churn }) => heightOf(mrrEnd) === 0 && heightOf(churn) === 0)}
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
        h={CHART_HEIGHT}
        dataKey="month"
        data={rows.map(({ month, mrrEnd, newMrr, expansion, contraction, churn }) => ({
          month: format.month(month),
          mrr: heightOf(mrrEnd),
          gained: heightOf(newMrr) + heightOf(expansion),
          lost: -(heightOf(churn) + heightOf(contraction)),
        }))}
        series={[
          { name: 'gained', label: overview.gained, color: 'teal.6', type: 'bar' },
          { name: 'lost', label: overview.lost, color: 'red.6', type: 'bar' },
          { name: 'mrr', label: overview.mrr, color: ACCENT, type: 'line' },
        ]}
        valueFormatter={format.compact}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 32 }}
        tickLine="none"
        withDots={false}
        strokeWidth={2.5}
        barProps={{ isAnimationActive: false, stackId: 'movements' }}
        lineProps={{ isAnimationActive: false }}
        composedChartProps={{ stackOffset: 'sign', accessibilityLayer: false }}
      />
    </ChartCard>
  )
}
