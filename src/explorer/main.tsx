import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import { parse } from 'graphql'
import { createClient } from 'graphql-sse'
import { useMemo, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { EXAMPLES, type Example, ORIGIN } from './examples'
import './explorer.css'

const DEMO = { customer: meta('customer-token'), administrator: meta('administrator-token') }

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}

/** Outside production every tab carries the token of who asks in it; otherwise the token field counts. */
function headersFor({ asks }: Example): string {
  const token = asks === 'anybody' ? '' : DEMO[asks]
  return token ? JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2) : ''
}

/** A link to an upgrade opens the checkout of its plan. */
function examples(): Example[] {
  const plan = /^[a-z0-9-]+$/.exec(new URLSearchParams(location.search).get('upgrade') ?? '')?.[0]
  const checkout = EXAMPLES.find(({ title }) => title === 'Checkout')
  if (!plan || !checkout) return EXAMPLES
  const { input } = checkout.variables as { input: object }
  const upgrade = { ...checkout, variables: { input: { ...input, plan, idempotencyKey: null } } }
  return [upgrade, ...EXAMPLES.filter((example) => example !== checkout)]
}

const tabs = examples().map((example) => ({
  query: example.query,
  headers: headersFor(example),
  ...(example.variables && { variables: JSON.stringify(example.variables, null, 2).replaceAll(ORIGIN, `${location.origin}/graphql`) }),
}))

/** Nothing is kept in the browser: tokens least of all, and a reload gives the examples back. */
const forgetful = {
  length: 0,
  getItem: () => null,
  setItem: () => undefined,
  removeItem: () => undefined,
  clear: () => undefined,
}

function Explorer() {
  const [token, setToken] = useState(DEMO.customer)
  const latest = useRef(token)
  latest.current = token
  const fetcher = useMemo(() => fetcherWith(latest), [])
  return (
    <>
      <AskingBar token={token} onChange={setToken} />
      <div className="explorer-body">
        <GraphiQL
          fetcher={fetcher}
          storage={forgetful}
          defaultTabs={tabs}
          initialVariables={tabs[0]?.variables ?? ''}
          initialHeaders={tabs[0]?.headers ?? ''}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
        />
      </div>
    </>
  )
}

/** A tab's own Authorization header goes first; without one, the token field is sent. */
function fetcherWith(token: { current: string }): Fetcher {
  const fetcher = createGraphiQLFetcher({ url: '/graphql' })
  return (parameters, options) => {
    const own = Object.keys(options?.headers ?? {}).some((name) => name.toLowerCase() === 'authorization')
    const added: Record<string, string> = own || !token.current ? {} : { Authorization: `Bearer ${token.current}` }
    const headers = { ...options?.headers, ...added }
    return isSubscription(parameters) ? watch(parameters, headers) : fetcher(parameters, { ...options, headers })
  }
}

/** By the text itself: right after a change of tabs GraphiQL still has the document and the operation of the one before. */
function isSubscription({ query }: FetcherParams): boolean {
  try {
    return parse(query).definitions.some((definition) => 'operation' in definition && definition.operation === 'subscription')
  } catch {
    return false
  }
}

/** Answers come one after the other, until Stop is pressed. */
function watch({ query, variables }: FetcherParams, headers: Record<string, string>): ReturnType<Fetcher> {
  const client = createClient({ url: `${location.origin}/graphql/stream`, headers, retryAttempts: 0 })
  return client.iterate({ query, ...(variables && { variables }) }) as ReturnType<Fetcher>
}

function AskingBar({ token, onChange }: { token: string; onChange: (token: string) => void }) {
  const choices = [
    ['Customer', DEMO.customer],
    ['Administrator', DEMO.administrator],
  ].filter(([, value]) => value)
  return (
    <form className="asking" onSubmit={(event) => event.preventDefault()}>
      <strong>Quittance</strong>
      <label htmlFor="token">Token, for tabs without an Authorization header</label>
      <input
        id="token"
        value={token}
        placeholder="Paste a token; empty asks as nobody"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      {choices.map(([label, value]) => (
        <button key={label} type="button" aria-pressed={token === value} onClick={() => onChange(value ?? '')}>
          {label}
        </button>
      ))}
    </form>
  )
}

const place = document.getElementById('explorer')
if (place) createRoot(place).render(<Explorer />)
