import { PortalStart } from '../generated/portal'
import { errorCode, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { route } from '../ui/router'
import { Shell } from '../ui/shell'
import { SignedOut } from '../ui/start-page'
import { CustomerChoice, CustomerProvider } from './customer'
import { useTexts } from './use-texts'

const SESSION_URL = '/portal/session'

const ROUTES = [route('', () => import('./overview'))]

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
              navigation={[{ path: '', title: texts.overview }]}
              header={<CustomerChoice start={known} />}
              userName={me.name ?? me.email ?? me.id}
              sessionUrl={SESSION_URL}
            />
          </CustomerProvider>
        )
      }}
    </LoadedContent>
  )
}
