import { PortalStart } from '../generated/portal'
import { errorCode, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { route } from '../ui/router'
import { Shell } from '../ui/shell'
import { SignedOut } from '../ui/start-page'
import { CustomerChoice, CustomerProvider } from './customer'
import { LegalButtons } from './legal-buttons'
import { useTexts } from './use-texts'

const SESSION_URL = '/portal/session'

const ROUTES = [
  route('', () => import('./overview')),
  route('plans', () => import('./plans')),
  route('invoices', () => import('./invoices')),
  route('invoices/:id', () => import('./invoice')),
  route('orders/:id', () => import('./order')),
  route('balance', () => import('./balance')),
  route('billing', () => import('./billing')),
  route('cancel', () => import('./cancel')),
  route('withdraw', () => import('./withdraw')),
]

export function PortalApp() {
  const texts = useTexts()
  const start = useLoaded(PortalStart, {})
  if (errorCode(start.error) === 'UNAUTHENTICATED') return <SignedOut />
  return (
    <LoadedContent loaded={start}>
      {({ me, seller }) => {
        if (!me || !seller) return <SignedOut />
        const known = { me, seller }
        return (
          <CustomerProvider start={known}>
            <Shell
              routes={ROUTES}
              navigation={[
                { path: '', title: texts.overview },
                { path: 'plans', title: texts.plans },
                { path: 'invoices', title: texts.invoices },
                { path: 'balance', title: texts.balance },
                { path: 'billing', title: texts.billing },
              ]}
              header={<CustomerChoice start={known} />}
              footer={<LegalButtons />}
              userName={me.name ?? me.email ?? me.id}
              sessionUrl={SESSION_URL}
            />
          </CustomerProvider>
        )
      }}
    </LoadedContent>
  )
}
