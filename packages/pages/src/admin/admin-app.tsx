import { Text } from '@mantine/core'
import { AdminStart } from '../generated/admin'
import { errorCode, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { route } from '../ui/router'
import { MessagePage, Shell } from '../ui/shell'
import { SignedOut } from '../ui/start-page'
import { useTexts } from './use-texts'

const SESSION_URL = '/admin/session'

/** The parts of the administration. /admin/invoices.zip is an export of the server. */
const ROUTES = [route('', () => import('./overview'))]

export function AdminApp() {
  const texts = useTexts()
  const start = useLoaded(AdminStart, {})
  if (errorCode(start.error) === 'UNAUTHENTICATED') return <SignedOut />
  if (errorCode(start.error) === 'FORBIDDEN') {
    return (
      <MessagePage title={texts.forbidden}>
        <Text>{texts.forbiddenText}</Text>
      </MessagePage>
    )
  }
  return (
    <LoadedContent loaded={start}>
      {({ me }) => (
        <Shell
          routes={ROUTES}
          navigation={[{ path: '', title: texts.overview }]}
          userName={me?.name ?? me?.email ?? me?.id ?? ''}
          sessionUrl={SESSION_URL}
        />
      )}
    </LoadedContent>
  )
}
