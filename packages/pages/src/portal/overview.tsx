import { Badge, Button, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import {
  Overview as OverviewOperation,
  type OverviewQuery,
  ResumeSubscription,
  RevokePlanChange,
  type SubscriptionFragment,
} from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { type Locale, useInvoiceTexts, useLocale } from '../ui/locale'
import { followLink, Link } from '../ui/router'
import { usePortal } from './customer'
import { Facts } from './facts'
import { formatQuantity, type Resource } from './limits'
import { Part } from './part'
import { PaymentMethodButton } from './payment-method'
import { PaymentPending } from './payment-pending'
import classes from './portal.module.css'
import type { PortalTexts } from './texts'
import { OpenInvoices, PendingOrders } from './to-pay'
import { useTexts } from './use-texts'

export default function Overview() {
  const texts = useTexts()
  const { customer } = usePortal()
  const loaded = useLoaded(OverviewOperation, { organisationId: customer.organisationId, customerId: customer.id })
  return (
    <Part title={texts.overview} text={customer.name}>
      <PaymentPending reload={loaded.reload} />
      <LoadedContent loaded={loaded}>{(data) => <OverviewContent data={data} />}</LoadedContent>
    </Part>
  )
}

function OverviewContent({ data }: { data: OverviewQuery }) {
  const texts = useTexts()
  const { subscription, upcomingInvoice, usage } = data
  return (
    <Stack gap="lg">
      <OpenInvoices data={data} />
      <PendingOrders data={data} />
      <SimpleGrid cols={{ base: 1, md: upcomingInvoice ? 2 : 1 }}>
        <PlanOverview data={data} subscription={subscription ?? null} />
        {upcomingInvoice && <NextRenewal renewal={upcomingInvoice} />}
      </SimpleGrid>
      {usage.length > 0 && (
        <Card withBorder padding="lg" component="section" aria-labelledby="usage">
          <Stack>
            <Title order={2} id="usage">
              {texts.usage}
            </Title>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="md">
              {usage.map((each) => (
                <UsageBar key={each.resource} usage={each} />
              ))}
            </SimpleGrid>
          </Stack>
        </Card>
      )}
    </Stack>
  )
}

const STATUS_COLORS: Readonly<Record<string, string>> = { ACTIVE: 'teal', TRIALING: 'blue', CANCELLED: 'gray', EXPIRED: 'gray' }

function PlanOverview({ data, subscription }: { data: OverviewQuery; subscription: SubscriptionFragment | null }) {
  const texts = useTexts()
  const locale = useLocale()
  const { toPath } = usePortal()
  const currentPlan = data.node && 'currentPlan' in data.node ? data.node.currentPlan : null
  const name = subscription?.plan.name ?? currentPlan?.name
  const price = subscription ? subscription.price : currentPlan?.price
  const interval = subscription?.interval ?? currentPlan?.interval ?? 'MONTH'
  const plans = toPath('plans')
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="plan">
      <Stack gap="sm">
        <div className={classes.head}>
          <Title order={2} id="plan">
            {texts.yourPlan}
          </Title>
          {subscription && (
            <Badge color={STATUS_COLORS[subscription.status] ?? 'red'} variant="light">
              {texts.subscriptionStatuses[subscription.status]}
            </Badge>
          )}
        </div>
        {name ? (
          <div>
            <Text size="xl" fw={650}>
              {name}
            </Text>
            <PriceLine price={price ?? null} interval={interval} />
          </div>
        ) : (
          <Text>{texts.noPlan}</Text>
        )}
        {subscription && <SubscriptionFacts subscription={subscription} texts={texts} locale={locale} />}
        <Group gap="sm" mt="xs">
          <Button component="a" href={plans} onClick={(event) => followLink(event, plans)}>
            {subscription ? texts.changePlan : texts.choosePlan}
          </Button>
          {subscription?.provider && subscription.status !== 'EXPIRED' && <PaymentMethodButton key={subscription.id} />}
          {subscription && <UndoButtons subscription={subscription} />}
        </Group>
      </Stack>
    </Card>
  )
}

export function PriceLine({
  price,
  interval,
}: {
  price: { decimal: string; currency: string; minorUnits: number } | null
  interval: 'MONTH' | 'YEAR'
}) {
  const texts = useTexts()
  const { money } = useLocale()
  if (price === null) return <Text className={classes.price}>{texts.customPrice}</Text>
  if (price.minorUnits === 0) return <Text className={classes.price}>{texts.free}</Text>
  return (
    <Text className={classes.price} component="p">
      {money(price)} <span className={classes.unit}>{texts.perInterval[interval]}</span>
    </Text>
  )
}

interface SubscriptionFactsProps {
  subscription: SubscriptionFragment
  texts: PortalTexts
  locale: Locale
}

function SubscriptionFacts({ subscription, texts, locale }: SubscriptionFactsProps) {
  const { cancelAtPeriodEnd, currentPeriodEnd, endsAt, pendingPlan, nextPrice, nextPriceAt, suspendedReason, collection, price, status } =
    subscription
  const end = endsAt ?? (cancelAtPeriodEnd ? currentPeriodEnd : null)
  const isRenewed = !end && collection !== 'NONE' && status !== 'EXPIRED'
  const renewal = nextPrice ?? price
  return (
    <Stack gap={4}>
      {suspendedReason && (
        <Text c="red.8" role="alert">
          {texts.suspended[suspendedReason]}
        </Text>
      )}
      {end && <Text>{texts.endsOn(locale.date(end))}</Text>}
      {isRenewed && !pendingPlan && <Text>{texts.renewsOn(locale.date(currentPeriodEnd), renewal ? locale.money(renewal) : null)}</Text>}
      {pendingPlan && <Text>{texts.changesOn(pendingPlan.name, locale.date(currentPeriodEnd))}</Text>}
      {nextPrice && nextPriceAt && <Text>{texts.newPriceFrom(locale.money(nextPrice), locale.date(nextPriceAt))}</Text>}
    </Stack>
  )
}

function UndoButtons({ subscription: { cancelAtPeriodEnd, pendingPlan, status } }: { subscription: SubscriptionFragment }) {
  const texts = useTexts()
  const { customer } = usePortal()
  const resume = useAction(ResumeSubscription)
  const revoke = useAction(RevokePlanChange)
  const input = { organisationId: customer.organisationId }
  return (
    <>
      {cancelAtPeriodEnd && status !== 'EXPIRED' && (
        <Button variant="default" loading={resume.isRunning} onClick={() => void resume.run({ input })}>
          {texts.resume}
        </Button>
      )}
      {pendingPlan && (
        <Button variant="default" loading={revoke.isRunning} onClick={() => void revoke.run({ input })}>
          {texts.revokeChange}
        </Button>
      )}
      <ErrorNotice error={resume.error ?? revoke.error} />
    </>
  )
}

function NextRenewal({ renewal }: { renewal: NonNullable<OverviewQuery['upcomingInvoice']> }) {
  const texts = useTexts()
  const invoiceTexts = useInvoiceTexts()
  const locale = useLocale()
  const { toPath } = usePortal()
  const { fromBalance } = renewal
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="renewal">
      <Stack gap="sm">
        <Title order={2} id="renewal">
          {texts.nextRenewal}
        </Title>
        <Facts
          facts={[
            { label: texts.invoiceOn(locale.date(renewal.issueAt)), value: locale.money(renewal.total) },
            fromBalance.minorUnits === 0 ? null : { label: texts.fromBalance, value: `− ${locale.money(fromBalance)}` },
            { label: invoiceTexts.amountDue, value: locale.money(renewal.amountDue), isTotal: true },
          ]}
        />
        <Link to={toPath('balance')} size="sm">
          {texts.topUp}
        </Link>
      </Stack>
    </Card>
  )
}

function UsageBar({ usage: { resource, used, limit, overLimit } }: { usage: OverviewQuery['usage'][number] }) {
  const texts = useTexts()
  const locale = useLocale()
  const label = texts.resources[resource as Resource]
  const usedText = formatQuantity(resource, used, locale)
  const limitText = limit == null ? texts.unlimited : formatQuantity(resource, limit, locale)
  const share = limit == null || limit === 0 ? (overLimit ? 100 : 0) : Math.min(100, (used / limit) * 100)
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <Text size="sm" c={overLimit ? 'red.8' : 'dimmed'}>
          {limit == null && used === 0 ? texts.unlimited : texts.usedOf(usedText, limitText)}
          {overLimit && ` – ${texts.overLimit}`}
        </Text>
      </Group>
      <Progress value={share} color={overLimit ? 'red' : share > 85 ? 'orange' : undefined} size="md" aria-label={label} />
    </Stack>
  )
}
