import '@mantine/charts/styles.css'
import '@mantine/core/styles/ColorSwatch.css'
import { SimpleGrid, Stack } from '@mantine/core'
import type { OverviewProps } from '../overview'
import { MrrChart } from './mrr-chart'
import { PlansChart } from './plans-chart'
import { ReceivablesChart } from './receivables-chart'
import { RevenueChart } from './revenue-chart'

/** Charts of the revenue, the MRR, the receivables and the plans. */
export default function BusinessCharts(props: OverviewProps) {
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
