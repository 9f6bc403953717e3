import { Button, Card, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Contract, type ContractsFragment, Eligibility, Withdraw as WithdrawOperation } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { type Amount, useLocale } from '../ui/locale'
import { usePortal } from './customer'
import { Facts } from './facts'
import { Part } from './part'
import { saveText } from './save-text'
import { useTexts } from './use-texts'

type OrderRow = ContractsFragment['nodes'][number]

/**
 * The withdrawal function of Article 11a of Directive 2011/83/EU: the customer confirms the name and the contract, and
 * presses a button that states nothing else. What is refunded is for the server to decide.
 */
export default function Withdraw() {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const loaded = useLoaded(Contract, { organisationId: customer.organisationId, customerId: customer.id })
  const [receipt, setReceipt] = useState<Receipt>()
  return (
    <Part title={texts.withdrawTitle} text={receipt ? undefined : texts.withdrawText} backTo={toPath('')}>
      {receipt ? (
        <Acknowledgement receipt={receipt} />
      ) : (
        <LoadedContent loaded={loaded}>
          {({ node }) => {
            const orders = node && 'orders' in node ? (node.orders?.nodes ?? []) : []
            return <ContractChoice orders={orders.filter(isWithdrawable)} onDone={setReceipt} />
          }}
        </LoadedContent>
      )}
    </Part>
  )
}

interface Receipt {
  readonly at: string
  readonly contract: string
  readonly amount: Amount
}

function isWithdrawable({ status, plan, amount }: OrderRow): boolean {
  return status === 'ACTIVE' && plan != null && amount.minorUnits > 0
}

interface ContractChoiceProps {
  orders: readonly OrderRow[]
  onDone: (receipt: Receipt) => void
}

function ContractChoice({ orders, onDone }: ContractChoiceProps) {
  const texts = useTexts()
  const { money, date } = useLocale()
  const { customer } = usePortal()
  const [id, setId] = useState(orders[0]?.id)
  const order = orders.find((each) => each.id === id)
  const eligibility = useLoaded(Eligibility, { orderId: id ?? '' }, { pause: !id })
  const withdraw = useAction(WithdrawOperation)
  if (!order) return <Text>{texts.withdrawNoContract}</Text>
  const contract = `${order.plan?.name ?? order.description} (${order.id})`
  const confirm = async () => {
    const result = await withdraw.run({
      input: { orderId: order.id, reason: texts.withdrawTitle, idempotencyKey: `${withdraw.key}-${order.id}` },
    })
    if (result) onDone({ at: result.requestRefund.refund.createdAt, contract, amount: result.requestRefund.refund.amount })
  }
  return (
    <Card withBorder padding="lg">
      <Stack>
        <NativeSelect
          label={texts.withdrawOrder}
          value={order.id}
          data={orders.map((each) => ({
            value: each.id,
            label: `${each.plan?.name ?? each.description}, ${date(each.date)}, ${money(each.amount)}`,
          }))}
          onChange={({ currentTarget }) => setId(currentTarget.value)}
        />
        <Facts facts={[{ label: texts.cancelPerson, value: customer.email ? `${customer.name}, ${customer.email}` : customer.name }]} />
        <LoadedContent loaded={eligibility}>
          {({ refundEligibility }) =>
            refundEligibility === null ? null : refundEligibility.type !== 'NONE' ? (
              <Stack>
                <Text>
                  {texts.withdrawRefund(money(refundEligibility.refundable))} {texts.withdrawEnds}
                </Text>
                <ErrorNotice error={withdraw.error} />
                <Group>
                  <Button color="red.8" loading={withdraw.isRunning} onClick={() => void confirm()}>
                    {texts.withdrawConfirm}
                  </Button>
                </Group>
              </Stack>
            ) : (
              <NoWithdrawal />
            )
          }
        </LoadedContent>
      </Stack>
    </Card>
  )
}

function NoWithdrawal() {
  const texts = useTexts()
  const { seller } = usePortal()
  return (
    <Text>
      {texts.withdrawNone} {seller.email && texts.withdrawContact(seller.email)}
    </Text>
  )
}

function Acknowledgement({ receipt: { at, contract, amount } }: { receipt: Receipt }) {
  const texts = useTexts()
  const { money, dateAndTime } = useLocale()
  const { customer, seller } = usePortal()
  const text = texts.withdrawnText(contract, money(amount))
  const time = dateAndTime(at)
  return (
    <Card withBorder padding="lg" role="status">
      <Stack>
        <Text fw={650}>{texts.withdrawn}</Text>
        <Text>{text}</Text>
        <Text c="dimmed">{time}</Text>
        <Group>
          <Button
            variant="default"
            onClick={() => saveText('withdrawal.txt', [seller.name, customer.name, '', texts.withdrawn, text, time])}
          >
            {texts.saveConfirmation}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
