import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import {
  type SubscriptionFragment,
  WithdrawalPreview,
  type WithdrawalPreviewQuery,
  Withdraw as WithdrawOperation,
} from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { type Amount, useLocale } from '../ui/locale'
import { usePortal } from './customer'
import { Facts } from './facts'
import { Part } from './part'
import { saveText } from './save-text'
import { useTexts } from './use-texts'

/**
 * The withdrawal function of Article 11a of Directive 2011/83/EU: the customer confirms the name and the contract, and
 * presses a button that states nothing else. What is refunded is for the server to decide.
 */
export default function Withdraw() {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const loaded = useLoaded(WithdrawalPreview, { organisationId: customer.organisationId })
  const [receipt, setReceipt] = useState<Receipt>()
  return (
    <Part title={texts.withdrawTitle} text={receipt ? undefined : texts.withdrawText} backTo={toPath('')}>
      {receipt ? (
        <Acknowledgement receipt={receipt} />
      ) : (
        <LoadedContent loaded={loaded}>
          {({ subscription, withdrawalPreview }) =>
            subscription ? (
              <WithdrawContract subscription={subscription} preview={withdrawalPreview ?? null} onDone={setReceipt} />
            ) : (
              <Text>{texts.withdrawNoContract}</Text>
            )
          }
        </LoadedContent>
      )}
    </Part>
  )
}

interface Receipt {
  readonly receivedAt: string
  readonly contract: string
  /** Null if nothing was paid. */
  readonly refunded: Amount | null
}

interface WithdrawContractProps {
  subscription: SubscriptionFragment
  preview: NonNullable<WithdrawalPreviewQuery['withdrawalPreview']> | null
  onDone: (receipt: Receipt) => void
}

function WithdrawContract({ subscription: { id, plan }, preview, onDone }: WithdrawContractProps) {
  const texts = useTexts()
  const { customer } = usePortal()
  const refund = useRefundText()
  const withdraw = useAction(WithdrawOperation)
  const contract = `${plan.name} (${id})`
  const confirm = async () => {
    const { organisationId } = customer
    const input = { organisationId, subscriptionId: id, reason: texts.withdrawTitle, idempotencyKey: withdraw.key }
    const result = await withdraw.run({ input })
    if (!result) return
    const { receivedAt, refund: refunded } = result.withdrawFromSubscription
    onDone({ receivedAt, contract, refunded: refunded?.amount ?? null })
  }
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Facts
          facts={[
            { label: texts.cancelPerson, value: customer.email ? `${customer.name}, ${customer.email}` : customer.name },
            { label: texts.cancelContract, value: contract },
          ]}
        />
        {preview ? (
          <Stack>
            <Text>
              {refund(Number(preview.refundable.decimal) > 0 ? preview.refundable : null)} {texts.withdrawEnds}
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
        )}
      </Stack>
    </Card>
  )
}

/** Says what is refunded. */
function useRefundText() {
  const texts = useTexts()
  const { money } = useLocale()
  return (amount: Amount | null) => (amount ? texts.withdrawRefund(money(amount)) : texts.withdrawNothing)
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

function Acknowledgement({ receipt: { receivedAt, contract, refunded } }: { receipt: Receipt }) {
  const texts = useTexts()
  const { dateAndTime } = useLocale()
  const { customer, seller } = usePortal()
  const text = `${texts.withdrawnText(contract)} ${useRefundText()(refunded)}`
  const time = dateAndTime(receivedAt)
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
