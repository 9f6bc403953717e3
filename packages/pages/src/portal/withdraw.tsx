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
import { useDeclarant } from './declarant'
import { Facts } from './facts'
import { Part } from './part'
import { Receipt } from './receipt'
import { useTexts } from './use-texts'

/**
 * The withdrawal function of Article 11a of Directive 2011/83/EU: the customer confirms the name and the contract, and
 * presses a button that states nothing else. What is refunded is for the server to decide.
 */
export default function Withdraw() {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const loaded = useLoaded(WithdrawalPreview, { organisationId: customer.organisationId })
  const [withdrawal, setWithdrawal] = useState<Withdrawal>()
  return (
    <Part title={texts.withdrawTitle} text={withdrawal ? undefined : texts.withdrawText} backTo={toPath('')}>
      {withdrawal ? (
        <Acknowledgement withdrawal={withdrawal} />
      ) : (
        <LoadedContent loaded={loaded}>
          {({ subscription, withdrawalPreview }) =>
            subscription ? (
              <WithdrawContract subscription={subscription} preview={withdrawalPreview ?? null} onDone={setWithdrawal} />
            ) : (
              <Text>{texts.withdrawNoContract}</Text>
            )
          }
        </LoadedContent>
      )}
    </Part>
  )
}

interface Withdrawal {
  readonly receivedAt: string
  readonly contract: string
  /** Null if nothing was paid. */
  readonly refunded: Amount | null
}

interface WithdrawContractProps {
  subscription: SubscriptionFragment
  preview: NonNullable<WithdrawalPreviewQuery['withdrawalPreview']> | null
  onDone: (withdrawal: Withdrawal) => void
}

function WithdrawContract({ subscription: { id, plan }, preview, onDone }: WithdrawContractProps) {
  const texts = useTexts()
  const { customer } = usePortal()
  const declarant = useDeclarant()
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
        <Facts facts={[declarant, { label: texts.cancelContract, value: contract }]} />
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

function Acknowledgement({ withdrawal: { receivedAt, contract, refunded } }: { withdrawal: Withdrawal }) {
  const texts = useTexts()
  const { dateAndTime } = useLocale()
  const text = `${texts.withdrawnText(contract)} ${useRefundText()(refunded)}`
  return <Receipt title={texts.withdrawn} lines={[text, dateAndTime(receivedAt)]} fileName="withdrawal.txt" />
}
