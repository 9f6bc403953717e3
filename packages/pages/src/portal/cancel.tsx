import { Button, Card, Group, Radio, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { CancelSubscription, Contract, type ContractQuery, type SubscriptionFragment } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { usePortal } from './customer'
import { Facts } from './facts'
import { Part } from './part'
import { saveText } from './save-text'
import { useTexts } from './use-texts'

/**
 * The page on which a customer cancels, with what § 312k (2) BGB requires: the kind of the cancellation, the person, the
 * contract and the date, and a button that states nothing else. The declaration can be saved with its time (3).
 */
export default function Cancel() {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const loaded = useLoaded(Contract, { organisationId: customer.organisationId })
  return (
    <Part title={texts.cancelTitle} backTo={toPath('')}>
      <LoadedContent loaded={loaded}>{({ subscription }) => <CancelContract subscription={subscription ?? null} />}</LoadedContent>
    </Part>
  )
}

type ContractRow = SubscriptionFragment & Pick<NonNullable<ContractQuery['subscription']>, 'cancellationEndsAt'>

interface Declaration {
  readonly receivedAt: string
  readonly planName: string
  readonly end: string
}

function CancelContract({ subscription }: { subscription: ContractRow | null }) {
  const texts = useTexts()
  const { date } = useLocale()
  const [declaration, setDeclaration] = useState<Declaration>()
  if (declaration) return <Confirmation declaration={declaration} />
  if (!subscription || subscription.status === 'EXPIRED') return <Text>{texts.noContract}</Text>
  const { status, endsAt, currentPeriodEnd, plan } = subscription
  const isCancelled = status === 'CANCELLED'
  return (
    <Stack>
      {isCancelled && <Text role="status">{texts.cancelledText(plan.name, date(endsAt ?? currentPeriodEnd))}</Text>}
      <CancelForm subscription={subscription} isCancelled={isCancelled} onDone={setDeclaration} />
    </Stack>
  )
}

interface CancelFormProps {
  subscription: ContractRow
  /** One that is cancelled already can only be cancelled extraordinarily. */
  isCancelled: boolean
  onDone: (declaration: Declaration) => void
}

function CancelForm({ subscription, isCancelled, onDone }: CancelFormProps) {
  const texts = useTexts()
  const { customer } = usePortal()
  const { date } = useLocale()
  const cancel = useAction(CancelSubscription)
  const [kind, setKind] = useState(isCancelled ? 'extraordinary' : 'ordinary')
  const [reason, setReason] = useState('')
  const { id, plan, cancellationEndsAt } = subscription
  const isExtraordinary = kind === 'extraordinary'
  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    const input = { organisationId: customer.organisationId, reason: isExtraordinary ? reason : null }
    const result = await cancel.run({ input })
    if (!result) return
    const { subscription: after, receivedAt } = result.cancelSubscription
    onDone({ receivedAt, planName: plan.name, end: date(after.endsAt ?? after.currentPeriodEnd) })
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
            { label: texts.cancelPerson, value: customer.email ? `${customer.name}, ${customer.email}` : customer.name },
            { label: texts.cancelContract, value: `${plan.name} (${id})` },
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

function Confirmation({ declaration: { receivedAt, planName, end } }: { declaration: Declaration }) {
  const texts = useTexts()
  const { dateAndTime } = useLocale()
  const { customer, seller } = usePortal()
  const lines = [texts.cancelled, texts.cancelledText(planName, end), texts.cancelledAt(dateAndTime(receivedAt))]
  return (
    <Card withBorder padding="lg" role="status">
      <Stack>
        <Text fw={650}>{lines[0]}</Text>
        <Text>{lines[1]}</Text>
        <Text>{lines[2]}</Text>
        <Group>
          <Button variant="default" onClick={() => saveText(`${planName}.txt`, [seller.name, customer.name, '', ...lines])}>
            {texts.saveConfirmation}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
