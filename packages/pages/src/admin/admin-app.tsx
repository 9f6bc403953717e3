import { Badge, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { AdminStart, type AdminStartQuery } from '../generated/admin'
import { errorCode, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { route } from '../ui/router'
import { MessagePage, type NavigationEntry, Shell } from '../ui/shell'
import { SignedOut } from '../ui/start-page'
import { Notice } from './blocks/notice'
import { useTexts } from './use-texts'

const SESSION_URL = '/admin/session'

const BillingDisabled = lazy(() => import('./billing-disabled'))

/** The parts of the administration. /admin/plans, /admin/users and /admin/orders are paths of the REST API. */
const ROUTES = [
  route('', () => import('./overview')),
  route('work', () => import('./work')),
  route('customers', () => import('./customers')),
  route('customers/:id', () => import('./customer')),
  route('sales', () => import('./orders')),
  route('sales/:id', () => import('./order')),
  route('subscriptions', () => import('./subscriptions')),
  route('catalog', () => import('./catalog')),
  route('catalog/:id', () => import('./plan')),
  route('invoices', () => import('./invoices')),
  route('invoices/:id', () => import('./invoice')),
  route('payments', () => import('./payments')),
  route('refunds', () => import('./refunds')),
  route('webhooks', () => import('./webhooks')),
  route('events', () => import('./events')),
  route('mails', () => import('./mails')),
  route('keys', () => import('./keys')),
  route('taxes', () => import('./taxes')),
  route('settings', () => import('./settings')),
  route('audit', () => import('./audit')),
]

export function AdminApp() {
  const texts = useTexts()
  const start = useLoaded(AdminStart, {})
  const navigation = useNavigation(start.data)
  if (errorCode(start.error) === 'UNAUTHENTICATED') return <SignedOut />
  if (errorCode(start.error) === 'FORBIDDEN') {
    return (
      <MessagePage title={texts.forbidden}>
        <Text>{texts.forbiddenText}</Text>
      </MessagePage>
    )
  }
  if (errorCode(start.error) === 'FEATURE_DISABLED') {
    return (
      <Suspense>
        <BillingDisabled />
      </Suspense>
    )
  }
  return (
    <LoadedContent loaded={start}>
      {({ me }) => (
        <>
          <Shell routes={ROUTES} navigation={navigation} userName={me?.name ?? me?.email ?? me?.id ?? ''} sessionUrl={SESSION_URL} />
          <Notice />
        </>
      )}
    </LoadedContent>
  )
}

/** Number of entries in the lists of pending work. */
function countWork(start: AdminStartQuery): number {
  const { pendingOrders, reportedPayments, parkedEvents, failedEvents, failedDeliveries, waitingInvoices, requestedRefunds } = start
  const lists = [pendingOrders, reportedPayments, parkedEvents, failedEvents, failedDeliveries, waitingInvoices, requestedRefunds]
  return lists.reduce((sum, { totalCount }) => sum + totalCount, 0)
}

function useNavigation(start: AdminStartQuery | undefined): NavigationEntry[] {
  const { nav, pending } = useTexts()
  const { number } = useLocale()
  const count = start ? countWork(start) : 0
  const badge = count > 0 && (
    <Badge variant="filled" color="red.8" size="sm" aria-label={pending(number(count))}>
      {number(count)}
    </Badge>
  )
  return [
    { path: '', title: nav.overview },
    { path: 'work', title: nav.work, badge },
    { path: 'customers', title: nav.customers, group: nav.sales },
    { path: 'sales', title: nav.orders },
    { path: 'subscriptions', title: nav.subscriptions },
    { path: 'catalog', title: nav.plans },
    { path: 'invoices', title: nav.invoices, group: nav.money },
    { path: 'payments', title: nav.payments },
    { path: 'refunds', title: nav.refunds },
    { path: 'taxes', title: nav.taxes },
    { path: 'webhooks', title: nav.webhooks, group: nav.system },
    { path: 'events', title: nav.events },
    { path: 'mails', title: nav.mails },
    { path: 'keys', title: nav.keys },
    { path: 'settings', title: nav.settings },
    { path: 'audit', title: nav.audit },
  ]
}
