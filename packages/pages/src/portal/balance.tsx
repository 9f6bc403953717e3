import { Button, Card, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { Balances, type BalancesQuery, PageOfEntries, TopUp } from '../generated/portal'
import { parseAmount } from '../ui/amount-text'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useInvoiceTexts, useLocale } from '../ui/locale'
import { PagedTable } from '../ui/paged-table'
import { navigate } from '../ui/router'
import { usePortal } from './customer'
import { Facts } from './facts'
import { Part } from './part'
import { PaymentPending } from './payment-pending'
import classes from './portal.module.css'
import { useTexts } from './use-texts'

/** Of a top-up, before the decimals. */
const MAX_DIGITS = 9

export default function Balance() {
  const texts = useTexts()
  const { customer } = usePortal()
  const loaded = useLoaded(Balances, { organisationId: customer.organisationId })
  return (
    <Part title={texts.balance} text={texts.topUpText}>
      <PaymentPending reload={loaded.reload} />
      <LoadedContent loaded={loaded}>
        {(data) => (
          <Stack gap="lg">
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Amounts balances={data.balances} />
              <TopUpForm currencies={currenciesOf(data)} />
            </SimpleGrid>
            {data.balances.map((balance) => (
              <Entries key={`${customer.id} ${balance.currency}`} balance={balance} />
            ))}
          </Stack>
        )}
      </LoadedContent>
    </Part>
  )
}

/** The currencies in which the customer has money or can buy something. */
function currenciesOf({ balances, plans }: BalancesQuery): string[] {
  return [...new Set([...balances, ...plans].map(({ currency }) => currency))]
}

function Amounts({ balances }: { balances: BalancesQuery['balances'] }) {
  const texts = useTexts()
  const { money } = useLocale()
  const shown = balances.filter(({ amount, held }) => amount.minorUnits !== 0 || held.minorUnits !== 0)
  return (
    <Card withBorder padding="lg">
      <Stack>
        {shown.length === 0 && <Text>{texts.noBalance}</Text>}
        {shown.map(({ currency, amount, available, held, granted }) => (
          <Stack key={currency} gap="xs">
            <Text className={classes.price}>{money(amount)}</Text>
            <Facts
              facts={[
                { label: texts.available, value: money(available) },
                held.minorUnits === 0 ? null : { label: texts.held, value: money(held) },
                granted.minorUnits === 0 ? null : { label: texts.granted, value: money(granted) },
              ]}
            />
          </Stack>
        ))}
      </Stack>
    </Card>
  )
}

function TopUpForm({ currencies }: { currencies: readonly string[] }) {
  const texts = useTexts()
  const { customer, seller, toPath } = usePortal()
  const [currency, setCurrency] = useState(currencies[0] ?? 'EUR')
  const [text, setText] = useState('')
  const [isInvalid, setInvalid] = useState(false)
  const topUp = useAction(TopUp)
  const send = async () => {
    const minorUnits = parseAmount(text, currency, MAX_DIGITS)
    setInvalid(!minorUnits)
    if (!minorUnits) return
    const urls = seller.paymentProvider
      ? { successUrl: location.origin + toPath('balance', { paid: '1' }), cancelUrl: location.origin + toPath('balance') }
      : {}
    const input = {
      organisationId: customer.organisationId,
      amount: { minorUnits, currency },
      ...urls,
      idempotencyKey: `${topUp.key}-${minorUnits}-${currency}`,
    }
    const result = await topUp.run({ input })
    if (!result) return
    const { checkoutUrl, order } = result.topUpBalance
    if (checkoutUrl) location.assign(checkoutUrl)
    else navigate(toPath(`orders/${order.id}`))
  }
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="top-up">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <Stack gap="sm">
          <Title order={2} id="top-up">
            {texts.topUp}
          </Title>
          <Group align="flex-start" grow>
            <TextInput
              label={texts.topUpAmount(currency)}
              inputMode="decimal"
              value={text}
              required
              error={isInvalid ? texts.topUpInvalid : undefined}
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
            {currencies.length > 1 && (
              <NativeSelect
                label={' '}
                aria-label={texts.topUpAmount('')}
                value={currency}
                data={[...currencies]}
                onChange={({ currentTarget }) => setCurrency(currentTarget.value)}
              />
            )}
          </Group>
          <ErrorNotice error={topUp.error} />
          <Group>
            <Button type="submit" loading={topUp.isRunning}>
              {texts.goToPayment}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

function Entries({ balance: { currency, entries } }: { balance: BalancesQuery['balances'][number] }) {
  const texts = useTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money, date } = useLocale()
  const { customer } = usePortal()
  if (entries.nodes.length === 0) return null
  const title = `${texts.entries} (${currency})`
  return (
    <Card withBorder padding="lg" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <PagedTable
        label={title}
        firstPage={entries}
        operation={PageOfEntries}
        variables={{ organisationId: customer.organisationId }}
        pageOf={({ balances }) => balances.find((each) => each.currency === currency)?.entries}
        columns={[
          { key: 'date', title: invoiceTexts.date, cell: ({ at }) => date(at) },
          { key: 'description', title: invoiceTexts.description, cell: ({ description }) => description },
          { key: 'amount', title: invoiceTexts.amount, align: 'end', cell: ({ amount }) => money(amount) },
        ]}
      />
    </Card>
  )
}
