import { Progress, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { PlanDetails, type PlanDetailsQuery, type PlanFieldsFragment } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { Link, useLocation, useParameter } from '../ui/router'
import { LIMITS, usePlanActions } from './actions/plan-actions'
import { ActionButtons } from './blocks/action'
import { Facts } from './blocks/facts'
import { Json } from './blocks/json'
import { NotFound } from './blocks/not-found'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { stateOf } from './catalog'
import { useTexts } from './use-texts'

/** How often the progress of a reapplication is read. */
const POLL_INTERVAL_MS = 1000

export default function Plan() {
  const loaded = useLoaded(PlanDetails, { id: useParameter() })
  const reapplication = loaded.data?.planReapplications.nodes[0]
  const isRunning = reapplication !== undefined && reapplication.finishedAt === null
  const { reload } = loaded
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(reload, POLL_INTERVAL_MS)
    return () => clearInterval(timer)
  })
  return (
    <LoadedContent loaded={loaded}>
      {({ plan }) => (plan ? <PlanContent plan={plan} reapplication={reapplication} /> : <NotFound backTo="catalog" />)}
    </LoadedContent>
  )
}

interface PlanContentProps {
  plan: PlanFieldsFragment
  reapplication: PlanDetailsQuery['planReapplications']['nodes'][number] | undefined
}

function PlanContent({ plan, reapplication }: PlanContentProps) {
  const { fields, enums, limits } = useTexts()
  const { money, number } = useLocale()
  const { toPath } = useLocation()
  const { edit, archive, reapply, movePrices } = usePlanActions()
  const hasSubscribers = (plan.subscriberCount ?? 0) > 0
  const actions = [edit(plan), hasSubscribers && reapply(plan), hasSubscribers && movePrices(plan), archive(plan)]
  return (
    <Page title={plan.name} text={plan.description} backTo="catalog" actions={<ActionButtons actions={actions} />}>
      {reapplication && <Reapplication reapplication={reapplication} />}
      <Section title={fields.plan}>
        <Facts
          facts={[
            { label: fields.status, value: <Status of="planState" value={stateOf(plan)} /> },
            { label: fields.price, value: plan.price ? `${money(plan.price)} / ${enums.interval[plan.interval]}` : fields.customPrice },
            {
              label: fields.subscribers,
              value: (
                <Link size="sm" to={toPath('subscriptions', { planId: plan.id })}>
                  {number(plan.subscriberCount ?? 0)}
                </Link>
              ),
            },
            { label: fields.type, value: enums.planType[plan.type] },
            { label: fields.rank, value: number(plan.rank) },
            { label: fields.slug, value: plan.slug },
          ]}
        />
      </Section>
      <Section title={fields.limits}>
        <Facts
          facts={LIMITS.map((name) => ({ label: limits[name], value: plan[name] === null ? fields.unlimited : number(plan[name]) }))}
        />
      </Section>
      {Object.keys(plan.features).length > 0 && (
        <Section title={fields.features}>
          <Json label={fields.features} value={plan.features} />
        </Section>
      )}
    </Page>
  )
}

function Reapplication({
  reapplication: { done, total, finishedAt, startedAt },
}: {
  reapplication: NonNullable<PlanContentProps['reapplication']>
}) {
  const { fields } = useTexts()
  const { dateAndTime, number } = useLocale()
  const percent = total === 0 ? 100 : Math.round((100 * done) / total)
  return (
    <Section title={fields.reapplication} text={dateAndTime(startedAt)}>
      <Stack gap="xs">
        <Progress value={percent} aria-label={fields.reapplication} />
        <Text size="sm" role="status">
          {fields.progress(number(done), number(total))} {finishedAt && `· ${dateAndTime(finishedAt)}`}
        </Text>
      </Stack>
    </Section>
  )
}
