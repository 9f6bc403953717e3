import type { TestServer } from './server.js'

/** What a page of the server sends with its requests. */
export function pageHeaders(server: TestServer, page: 'portal' | 'admin', cookie?: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    origin: server.url,
    'sec-fetch-site': 'same-origin',
    'x-quittance-page': page,
    ...(cookie && { cookie }),
  }
}

export interface OpenedLink {
  status: number
  /** Name and value, as a browser sends them; undefined if none was set. */
  cookie: string | undefined
  /** With its attributes. */
  setCookie: string
  body: any
}

/** Opens a link as its page does. */
export async function openLink(server: TestServer, url: string, headers: Record<string, string> = {}): Promise<OpenedLink> {
  const { pathname } = new URL(url)
  const [, page = '', , token] = pathname.split('/')
  const response = await fetch(`${server.url}/${page}/session`, {
    method: 'POST',
    headers: { ...pageHeaders(server, page as 'portal'), ...headers },
    body: JSON.stringify({ token }),
  })
  const setCookie = response.headers.get('set-cookie') ?? ''
  return { status: response.status, cookie: setCookie.split(';')[0] || undefined, setCookie, body: await response.json() }
}

/** Runs an operation with the given headers. */
export async function askWith(server: TestServer, headers: Record<string, string>, query: string, variables?: object) {
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  const { data, errors } = (await response.json()) as any
  return { status: response.status, data, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message }
}
