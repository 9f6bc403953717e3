import { Button, Loader, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useCommonTexts } from './locale'
import { type PageSettings, settings } from './settings'
import { MessagePage } from './shell'
import { clearToken } from './token'

interface OpenLinkProps {
  link: NonNullable<PageSettings['link']>
  /** URL that opens the session, with POST. */
  sessionUrl: string
}

/**
 * Signs in by the link of this page. Programs that check the links of mails open them as well, some with scripts. So a link
 * in a mail needs a press of the button; any other signs in at once.
 */
export function OpenLink({ link, sessionUrl }: OpenLinkProps) {
  const texts = useCommonTexts()
  const [state, setState] = useState<'READY' | 'OPENING' | 'OPENED' | 'EXPIRED' | 'INVALID' | 'FAILED'>(link.state)
  const hasStarted = useRef(false)
  const open = async () => {
    setState('OPENING')
    const returnPath = await openSession(sessionUrl)
    // The token does not stay in the address bar or in the history.
    if (returnPath) location.replace(returnPath)
    else setState('OPENED')
  }
  useEffect(() => {
    if (link.state !== 'READY' || link.needsButton || hasStarted.current) return
    hasStarted.current = true
    void open().catch(() => setState('FAILED'))
  })
  if (state === 'OPENED' || state === 'EXPIRED' || state === 'INVALID') {
    const title = { OPENED: texts.linkUsed, EXPIRED: texts.linkExpired, INVALID: texts.linkInvalid }[state]
    return (
      <MessagePage title={title}>
        <Text>{texts.linkText}</Text>
      </MessagePage>
    )
  }
  return (
    <MessagePage title={texts.signInTo(settings.company)}>
      <Text role={state === 'FAILED' ? 'alert' : undefined}>{state === 'FAILED' ? texts.connectionLost : texts.signInText}</Text>
      {state === 'OPENING' ? (
        <Loader aria-label={texts.loading} />
      ) : (
        <Button onClick={() => void open().catch(() => setState('FAILED'))}>{texts.signIn}</Button>
      )}
    </MessagePage>
  )
}

/** @returns the path to open, or undefined if the link cannot be used */
async function openSession(sessionUrl: string): Promise<string | undefined> {
  const body = JSON.stringify({ token: location.pathname.split('/').pop() })
  const response = await fetch(sessionUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (!response.ok) return undefined
  clearToken()
  const { returnPath } = (await response.json()) as { returnPath: string }
  return returnPath
}
