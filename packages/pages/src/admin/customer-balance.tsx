import { Stack } from '@mantine/core'
import { BalanceEntries, type BalanceEntriesQuery } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useTimeSorts } from './blocks/choices'
import { timesOfDays, useDayFilters } from './blocks/day-filters'
import { List, NO_ENTRIES } from './blocks/list'
import { Section } from './blocks/section'
import type { CustomerNode } from './customer'
import { Balances } from './customer-summary'
import { useTexts } from './use-texts'

/** The balances of a customer, and what has changed them. */
export function CustomerBalance({ customer }: { customer: CustomerNode }) {
  return (
    <Stack gap="lg">
      <Balances customer={customer} />
      {customer.balances?.map(({ currency }) => (
        <History key={currency} customerId={customer.id} currency={currency} />
      ))}
    </Stack>
  )
}

function History({ customerId, currency }: { customerId: string; currency: string }) {
  const { fields } = useTexts()
  const { money, dateAndTime, date } = useLocale()
  const label = fields.balanceHistory(currency)
  const entriesOf = ({ node }: BalanceEntriesQuery) =>
    (node && 'balances' in node && node.balances?.find((balance) => balance.currency === currency)?.entries) || NO_ENTRIES
  return (
    <Section title={label}>
      <List
        label={label}
        operation={BalanceEntries}
        connection={entriesOf}
        prefix={`${currency}-`}
        sorts={useTimeSorts()}
        filters={useDayFilters()}
        variables={({ from, to }) => ({ id: customerId, ...timesOfDays({ from, to }) })}
        columns={[
          { key: 'at', title: fields.date, cell: ({ at }) => dateAndTime(at) },
          { key: 'text', title: fields.description, cell: ({ description }) => description },
          { key: 'expires', title: fields.expiresOn, cell: ({ expiresAt }) => expiresAt && date(expiresAt) },
          { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
        ]}
      />
    </Section>
  )
}
