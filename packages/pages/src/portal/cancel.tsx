import { Button, Card, Group, Radio, Stack, Text, Textarea } from '@mantine/core'
import '@mantine/core/styles/InlineInput.css'
import '@mantine/core/styles/Radio.css'
import { type FormEvent, useState } from 'react'
import { CancelSubscription, Contract, type ContractQuery, type SubscriptionFragment } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { usePortal } from './customer'
import { useDeclarant } from './declarant'
import { Facts } from './facts'
import { Part } from './part'
import { Receipt } from './receipt'
import { useTexts } from './use-texts'

/**
 * The page on which a customer cancels, with what § 312k (2) BGB requires: the kind of the cancellation, the person, the
 * contract and the date, and a button that states nothing else. The declaration can be saved with its time (3).
 */
export default function Cancel() {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const loaded = useLoaded(Contract, { organisationId: customer.organisationId })
  const [declaration, setDeclaration] = useState<Declaration>()
  return (
    <Part title={texts.cancelTitle} backTo={toPath('')}>
      {declaration ? (
        <Confirmation declaration={declaration} />
      ) : (
        <LoadedContent loaded={loaded}>
          {({ subscription }) => <CancelContract subscription={subscription ?? null} onDone={setDeclaration} />}
        </LoadedContent>
      )}
    </Part>
  )
}

type ContractRow = SubscriptionFragment & Pick<NonNullable<ContractQuery['subscription']>, 'cancellationEndsAt'>

interface Declaration {
  readonly receivedAt: string
  readonly planName: string
  readonly contract: string
  readonly kind: string
  /** Empty for an ordinary cancellation. */
  readonly reason: string
  readonly end: string
}

interface CancelContractProps {
  subscription: ContractRow | null
  onDone: (declaration: Declaration) => void
}

function CancelContract({ subscription, onDone }: CancelContractProps) {
  const texts = useTexts()
  const { date } = useLocale()
  if (!subscription || subscription.status === 'EXPIRED') return <Text>{texts.noContract}</Text>
  const { status, endsAt, currentPeriodEnd, plan } = subscription
  return (
    <Stack>
      {status === 'CANCELLED' && <Text role="status">{texts.cancelledText(plan.name, date(endsAt ?? currentPeriodEnd))}</Text>}
      <CancelForm key={status} subscription={subscription} onDone={onDone} />
    </Stack>
  )
}

interface CancelFormProps {
  subscription: ContractRow
  onDone: (declaration: Declaration) => void
}

/** A subscription that is cancelled already can only be cancelled extraordinarily. */
function CancelForm({ subscription, onDone }: CancelFormProps) {
  const texts = useTexts()
  const { customer } = usePortal()
  const declarant = useDeclarant()
  const { date } = useLocale()
  const cancel = useAction(CancelSubscription)
  const { id, status, plan, cancellationEndsAt } = subscription
  const isCancelled = status === 'CANCELLED'
  const [kind, setKind] = useState(isCancelled ? 'extraordinary' : 'ordinary')
  const [reason, setReason] = useState('')
  const isExtraordinary = kind === 'extraordinary'
  const contract = `${plan.name} (${id})`
  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    const input = { organisationId: customer.organisationId, subscriptionId: id, reason: isExtraordinary ? reason : null }
    const result = await cancel.run({ input })
    if (!result) return
    const { subscription: after, receivedAt } = result.cancelSubscription
    onDone({
      receivedAt,
      planName: plan.name,
      contract,
      kind: isExtraordinary ? texts.cancelExtraordinary : texts.cancelOrdinary,
      reason: isExtraordinary ? reason : '',
      end: date(after.endsAt ?? after.currentPeriodEnd),
    })
  }
  const ordinaryEnd = cancellationEndsAt ? { label: texts.cancelEffect, value: date(cancellationEndsAt) } : null
  return (
    <Card withBorder padding="lg" component="form" onSubmit={(event) => void confirm(event)}>
      <Stack>
        <Text>{isCancelled ? texts.cancelAgain : texts.cancelText(plan.name)}</Text>
        <Radio.Group label={texts.cancelKind} value={kind} onChange={setKind}>
          <Stack gap="xs" mt="xs">
            {!isCancelled && <Radio value="ordinary" label={texts.cancelOrdinary} />}
            <Radio value="extraordinary" label={texts.cancelExtraordinary} />
          </Stack>
        </Radio.Group>
        {isExtraordinary && (
          <Textarea
            label={texts.cancelReason}
            description={texts.cancelReasonText}
            required
            maxLength={1000}
            autosize
            minRows={3}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        )}
        <Facts
          facts={[
            declarant,
            { label: texts.cancelContract, value: contract },
            isExtraordinary ? { label: texts.cancelEffect, value: texts.endsNow } : ordinaryEnd,
          ]}
        />
        <ErrorNotice error={cancel.error} />
        <Group>
          <Button type="submit" color="red.8" loading={cancel.isRunning}>
            {texts.cancelNow}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

function Confirmation({ declaration: { receivedAt, planName, contract, kind, reason, end } }: { declaration: Declaration }) {
  const texts = useTexts()
  const { dateAndTime } = useLocale()
  return (
    <Receipt
      title={texts.cancelled}
      lines={[texts.cancelledText(planName, end), texts.cancelledAt(dateAndTime(receivedAt))]}
      facts={[
        { label: texts.cancelContract, value: contract },
        { label: texts.cancelKind, value: kind },
        ...(reason === '' ? [] : [{ label: texts.cancelReason, value: reason }]),
      ]}
      fileName={`${planName}.txt`}
    />
  )
}
