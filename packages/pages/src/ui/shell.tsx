import { Button, NativeSelect, Paper, Stack, Text, Title, useMantineColorScheme } from '@mantine/core'
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { ErrorBoundary } from './error-boundary'
import { ErrorNotice } from './error-notice'
import { LoadedContent } from './loaded-content'
import { LANGUAGES, type Language, useCommonTexts, useLocale } from './locale'
import { followLink, matchRoute, ParameterProvider, type Route, useLocation } from './router'
import { settings } from './settings'
import classes from './shell.module.css'
import { clearToken, token } from './token'

export interface NavigationEntry {
  /** Below the root, as in `Route`. */
  readonly path: string
  readonly title: string
  /** Shown next to the title, such as the number of open invoices. */
  readonly badge?: ReactNode
  /** Heading above this entry and the following ones. */
  readonly group?: string
}

interface ShellProps {
  navigation: readonly NavigationEntry[]
  routes: readonly Route[]
  /** Above the navigation, such as the choice of an organisation. */
  header?: ReactNode
  /** Below every part. */
  footer?: ReactNode
  /** Name of the signed-in user. */
  userName: string
  /** URL that ends the session, with DELETE. */
  sessionUrl: string
}

/** The frame of a page: logo, navigation, settings, and the part that the address names. */
export function Shell({ navigation, routes, header, footer, userName, sessionUrl }: ShellProps) {
  const texts = useCommonTexts()
  const { path, query, toPath } = useLocation()
  // Parts stay with the organisation that was chosen.
  const pathTo = (to: string) => toPath(to, { organisation: query.get('organisation') ?? undefined })
  const [isMenuOpen, setMenuOpen] = useState(false)
  const content = useRef<HTMLElement>(null)
  const matched = matchRoute(routes, path)
  const current = navigation.find((entry) => entry.path === path || (entry.path !== '' && path.startsWith(`${entry.path}/`)))
  const lastPath = useRef(path)

  useEffect(() => {
    document.title = current ? `${current.title} – ${settings.company}` : settings.company
    if (lastPath.current === path) return
    // As after opening another page: from its start, and announced by screen readers.
    lastPath.current = path
    setMenuOpen(false)
    scrollTo(0, 0)
    content.current?.focus({ preventScroll: true })
  }, [path, current])

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {texts.skipToContent}
      </a>
      <header className={classes.sidebar}>
        <div className={classes.top}>
          <a className={classes.brand} href={pathTo('')} onClick={(event) => followLink(event, pathTo(''))}>
            <Brand />
          </a>
          <Button
            className={classes['menu-button']}
            variant="default"
            size="xs"
            aria-expanded={isMenuOpen}
            aria-controls="menu"
            onClick={() => setMenuOpen(!isMenuOpen)}
          >
            {texts.menu}
          </Button>
        </div>
        <div id="menu" className={classes.panel} data-open={isMenuOpen || undefined}>
          {header}
          <nav className={classes.navigation} aria-label={texts.menu}>
            <ul>
              {navigation.map((entry) => (
                <li key={entry.path}>
                  {entry.group && <p className={classes.group}>{entry.group}</p>}
                  <a
                    className={classes.entry}
                    href={pathTo(entry.path)}
                    aria-current={entry === current ? 'page' : undefined}
                    onClick={(event) => followLink(event, pathTo(entry.path))}
                  >
                    {entry.title}
                    {entry.badge}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div className={classes.settings}>
            <Text size="sm" fw={600}>
              {userName}
            </Text>
            <Preferences />
            <SignOut sessionUrl={sessionUrl} />
          </div>
        </div>
      </header>
      <main id="content" ref={content} tabIndex={-1} className={classes.content}>
        <ErrorBoundary key={path}>
          <Suspense fallback={<Placeholder />}>
            {matched ? (
              <ParameterProvider value={matched.parameter}>
                <matched.route.component />
              </ParameterProvider>
            ) : (
              <Stack gap="xs">
                <Title order={1}>{texts.notFound}</Title>
                <Text>{texts.notFoundText}</Text>
              </Stack>
            )}
          </Suspense>
        </ErrorBoundary>
        {footer}
      </main>
    </div>
  )
}

function Brand() {
  return (
    <>
      {settings.logoUrl && <img className={classes.logo} src={settings.logoUrl} alt="" />}
      <span>{settings.company}</span>
    </>
  )
}

/** The choice of the language and of light or dark. */
export function Preferences() {
  const texts = useCommonTexts()
  const { language, setLanguage } = useLocale()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Stack gap="xs">
      <NativeSelect
        size="xs"
        label={texts.language}
        value={language}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget }) => setLanguage(currentTarget.value as Language)}
      />
      <NativeSelect
        size="xs"
        label={texts.appearance}
        value={colorScheme}
        data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: texts.appearances[value] }))}
        onChange={({ currentTarget }) => setColorScheme(currentTarget.value as 'auto' | 'light' | 'dark')}
      />
    </Stack>
  )
}

function Placeholder() {
  return (
    <LoadedContent loaded={{ data: undefined, error: undefined, isLoading: true, reload: () => undefined }}>{() => null}</LoadedContent>
  )
}

/** A message in place of the page, such as "You are signed out". */
export function MessagePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.message}>
      <Paper withBorder p="xl" shadow="sm">
        <Stack>
          <div className={classes.brand}>
            <Brand />
          </div>
          <Title order={1}>{title}</Title>
          {children}
          <Preferences />
        </Stack>
      </Paper>
    </main>
  )
}

/** The cookie of the panel belongs to the panel: only it can end that session. */
function SignOut({ sessionUrl }: { sessionUrl: string }) {
  const texts = useCommonTexts()
  const [error, setError] = useState<Error>()
  if (!settings.hasCookie && !token()) return <Text size="xs">{texts.signedInByPanel(settings.company)}</Text>
  return (
    <>
      <Button variant="default" size="xs" onClick={() => void signOut(sessionUrl).catch(setError)}>
        {texts.signOut}
      </Button>
      <ErrorNotice error={error} />
    </>
  )
}

async function signOut(sessionUrl: string): Promise<void> {
  await fetch(sessionUrl, { method: 'DELETE' })
  clearToken()
  location.reload()
}
