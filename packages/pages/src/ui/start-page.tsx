import './styles'
import { MantineProvider, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { GraphQLProvider, type PageName } from './graphql'
import { type LoadTexts, LocaleProvider, useCommonTexts } from './locale'
import { OpenLink } from './open-link'
import { RouterProvider } from './router'
import { nonce, settings } from './settings'
import { MessagePage } from './shell'
import { theme } from './theme'

interface Page {
  name: PageName
  texts: LoadTexts<unknown>
  /** The page for a signed-in user, or `SignedOut`. */
  children: ReactNode
}

/** Shows a page, or the sign-in by a link. */
export function startPage({ name, texts, children }: Page): void {
  const container = document.getElementById('page')
  if (!container) return
  const root = `/${name}`
  const { link } = settings
  createRoot(container).render(
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <LocaleProvider load={texts}>
        {link ? (
          <OpenLink link={link} sessionUrl={`${root}/session`} />
        ) : (
          <GraphQLProvider page={name}>
            <RouterProvider root={root}>{children}</RouterProvider>
          </GraphQLProvider>
        )}
      </LocaleProvider>
    </MantineProvider>,
  )
}

/** For a visitor without a session. */
export function SignedOut() {
  const texts = useCommonTexts()
  return (
    <MessagePage title={texts.signedOut}>
      <Text>{texts.signedOutText(settings.company)}</Text>
    </MessagePage>
  )
}
