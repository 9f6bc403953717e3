import { Badge, Button, Card, SimpleGrid, Text, Title } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { type PlanCardFragment, Plans as PlansOperation, type PlansQuery } from '../generated/portal'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { usePortal } from './customer'
import { formatQuantity, planLimits } from './limits'
import { PriceLine } from './overview'
import { Part } from './part'
import classes from './portal.module.css'
import { useTexts } from './use-texts'

const PlanChange = lazy(() => import('./plan-change'))
const Purchase = lazy(() => import('./purchase'))

export default function Plans() {
  const texts = useTexts()
  const { customer } = usePortal()
  const loaded = useLoaded(PlansOperation, { organisationId: customer.organisationId, customerId: customer.id })
  return (
    <Part title={texts.choosePlan}>
      <LoadedContent loaded={loaded}>{(data) => <PlanChoice data={data} />}</LoadedContent>
    </Part>
  )
}

function PlanChoice({ data }: { data: PlansQuery }) {
  const texts = useTexts()
  const [chosen, setChosen] = useState<PlanCardFragment>()
  const { subscription, plans, node, paymentMethods } = data
  const currentPlan = node && 'currentPlan' in node ? node.currentPlan : null
  const currentId = subscription && subscription.status !== 'EXPIRED' ? subscription.plan.id : currentPlan?.id
  // What a change costs is calculated only for a plan that is renewed; any other is bought.
  const isChange = subscription != null && subscription.collection !== 'NONE' && subscription.status !== 'EXPIRED'
  const close = () => setChosen(undefined)
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {plans.map((plan) => (
          <Card
            key={plan.id}
            withBorder
            padding="lg"
            className={classes.plan}
            data-current={plan.id === currentId || undefined}
            component="section"
          >
            <div className={classes.head}>
              <Title order={2}>{plan.name}</Title>
              {plan.id === currentId && <Badge variant="light">{texts.currentPlan}</Badge>}
            </div>
            <PriceLine price={plan.price ?? null} interval={plan.interval} />
            {plan.description && <Text size="sm">{plan.description}</Text>}
            <PlanLimits plan={plan} />
            {plan.id !== currentId && !plan.isDefault && plan.price && (
              <Button variant={currentId ? 'light' : 'filled'} onClick={() => setChosen(plan)}>
                {isChange ? texts.planChange(plan.name) : texts.choose(plan.name)}
              </Button>
            )}
          </Card>
        ))}
      </SimpleGrid>
      <Suspense>
        {chosen && isChange && <PlanChange plan={chosen} onClose={close} />}
        {chosen && !isChange && (
          <Purchase plan={chosen} replaces={subscription != null} canTransfer={paymentMethods.length > 0} onClose={close} />
        )}
      </Suspense>
    </>
  )
}

function PlanLimits({ plan }: { plan: PlanCardFragment }) {
  const texts = useTexts()
  const locale = useLocale()
  return (
    <ul className={classes.limits}>
      {planLimits(plan)
        .filter(({ limit }) => limit !== 0)
        .map(({ resource, limit }) => (
          <li key={resource}>
            {texts.resources[resource]}: <b>{limit === null ? texts.unlimited : formatQuantity(resource, limit, locale)}</b>
          </li>
        ))}
    </ul>
  )
}
