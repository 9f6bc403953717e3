import { BarChart } from '@mantine/charts'
import { useLocale } from '../../ui/locale'
import type { OverviewProps } from '../overview'
import { useTexts } from '../use-texts'
import { ChartCard } from './chart-card'
import { ACCENT, CHART_HEIGHT, WITHOUT_FOCUS } from './chart-formats'

/** A bar of a plan, and what is around the bars. */
const BAR_HEIGHT = 44
const AXIS_HEIGHT = 40
const MAX_PLANS = 8

export function PlansChart({ data: { allPlans } }: OverviewProps) {
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
        h={Math.max(CHART_HEIGHT / 2, shown.length * BAR_HEIGHT + AXIS_HEIGHT)}
        orientation="vertical"
        dataKey="name"
        data={shown.map(({ name, count }) => ({ name, count }))}
        series={[{ name: 'count', label: fields.subscribers, color: ACCENT }]}
        xAxisProps={{ allowDecimals: false }}
        yAxisProps={{ width: 90 }}
        gridAxis="x"
        tickLine="none"
        withBarValueLabel
        barProps={{ radius: [0, 3, 3, 0], isAnimationActive: false, barSize: 22 }}
        barChartProps={WITHOUT_FOCUS}
      />
    </ChartCard>
  )
}
