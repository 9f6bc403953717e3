import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { CancelSubscription, Contract, type SubscriptionFragment } from '../generated/portal'
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
  const loaded = useLoaded(Contract, { organisationId: customer.organisationId, customerId: customer.id })
  return (
    <Part title={texts.cancelTitle} backTo={toPath('')}>
      <LoadedContent loaded={loaded}>{({ subscription }) => <CancelContract subscription={subscription ?? null} />}</LoadedContent>
    </Part>
  )
}

interface Declaration {
  readonly at: string
  readonly planName: string
  readonly end: string
}

function CancelContract({ subscription }: { subscription: SubscriptionFragment | null }) {
  const texts = useTexts()
  const { customer, seller } = usePortal()
  const { date } = useLocale()
  const cancel = useAction(CancelSubscription)
  const [declaration, setDeclaration] = useState<Declaration>()
  if (declaration) return <Confirmation declaration={declaration} />
  if (!subscription || subscription.status === 'EXPIRED') return <Text>{texts.noContract}</Text>
  const { cancelAtPeriodEnd, endsAt, currentPeriodEnd, plan } = subscription
  const end = date(endsAt ?? currentPeriodEnd)
  if (cancelAtPeriodEnd || endsAt) return <Text role="status">{texts.cancelledText(plan.name, end)}</Text>
  const confirm = async () => {
    const result = await cancel.run({ input: { organisationId: customer.organisationId } })
    if (!result) return
    const { subscription: after } = result.cancelSubscription
    setDeclaration({ at: new Date().toISOString(), planName: plan.name, end: date(after.endsAt ?? after.currentPeriodEnd) })
  }
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Text>{texts.cancelText(plan.name)}</Text>
        <Facts
          facts={[
            { label: texts.cancelPerson, value: customer.email ? `${customer.name}, ${customer.email}` : customer.name },
            { label: texts.cancelContract, value: `${plan.name} (${subscription.id})` },
            { label: texts.cancelKind, value: texts.cancelOrdinary },
            {
              label: texts.cancelEffect,
              value: subscription.status === 'ACTIVE' || subscription.status === 'TRIALING' ? end : `${texts.endsNow}`,
            },
          ]}
        />
        {seller.email && (
          <Text size="sm" c="dimmed">
            {texts.cancelExtraordinary(seller.email)}
          </Text>
        )}
        <ErrorNotice error={cancel.error} />
        <Group>
          <Button color="red.8" loading={cancel.isRunning} onClick={() => void confirm()}>
            {texts.cancelNow}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

function Confirmation({ declaration: { at, planName, end } }: { declaration: Declaration }) {
  const texts = useTexts()
  const { dateAndTime } = useLocale()
  const { customer, seller } = usePortal()
  const lines = [texts.cancelled, texts.cancelledText(planName, end), texts.cancelledAt(dateAndTime(at))]
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
