import { Anchor, type AnchorProps } from '@mantine/core'
import { type ComponentType, createContext, lazy, type MouseEvent, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react'

/** A part of a page with a path of its own. Its code is loaded when it is opened. */
export interface Route {
  /** Below the root of the page: '' is the first one, 'invoices' is /portal/invoices. The last segment may be a parameter, ':id'. */
  readonly path: string
  readonly component: ComponentType
}

export function route(path: string, load: () => Promise<{ default: ComponentType }>): Route {
  return { path, component: lazy(load) }
}

const RootContext = createContext('/')

/** @param root  path of the page, such as "/portal" */
export function RouterProvider({ root, children }: { root: string; children: ReactNode }) {
  return <RootContext.Provider value={root}>{children}</RootContext.Provider>
}

const NAVIGATED = 'quittance:navigated'

/** Opens a path of this page. */
export function navigate(path: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', path)
  dispatchEvent(new Event(NAVIGATED))
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  addEventListener(NAVIGATED, listener)
  return () => {
    removeEventListener('popstate', listener)
    removeEventListener(NAVIGATED, listener)
  }
}

export interface Location {
  /** Below the root, without slashes at the ends: "invoices". */
  readonly path: string
  readonly query: URLSearchParams
  /** The absolute path of a part of this page. */
  toPath(path: string, query?: Readonly<Record<string, string | undefined>>): string
}

export function useLocation(): Location {
  const root = useContext(RootContext)
  const url = useSyncExternalStore(subscribe, () => location.pathname + location.search)
  return useMemo(() => {
    const { pathname, searchParams } = new URL(url, location.origin)
    return {
      path: pathname.slice(root.length).replace(/^\/+|\/+$/g, ''),
      query: searchParams,
      toPath: (path, query = {}) => {
        const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
        const search = new URLSearchParams(set).toString()
        return `${root}${path && `/${path}`}${search && `?${search}`}`
      },
    }
  }, [root, url])
}

/** @returns the route of the current path, and the value of its parameter */
export function matchRoute(routes: readonly Route[], path: string): { route: Route; parameter: string | undefined } | undefined {
  for (const each of routes) {
    if (each.path === path) return { route: each, parameter: undefined }
    const [prefix, name] = each.path.split('/:')
    const rest = name !== undefined && path.startsWith(`${prefix}/`) ? path.slice((prefix ?? '').length + 1) : undefined
    if (rest && !rest.includes('/')) return { route: each, parameter: rest }
  }
  return undefined
}

const ParameterContext = createContext<string | undefined>(undefined)
export const ParameterProvider = ParameterContext.Provider

/** The value of the parameter of the route, such as the id in "invoices/:id". */
export function useParameter(): string {
  return useContext(ParameterContext) ?? ''
}

interface LinkProps extends AnchorProps {
  /** An absolute path of this page, as `toPath` returns it. */
  to: string
  children: ReactNode
}

/** A link within the page. Modified clicks open a tab, as for every link. */
export function Link({ to, children, ...props }: LinkProps) {
  return (
    <Anchor {...props} href={to} onClick={(event: MouseEvent) => followLink(event, to)}>
      {children}
    </Anchor>
  )
}

/** For `onClick` of links within the page. */
export function followLink(event: MouseEvent, to: string): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  navigate(to)
}
