import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
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

const tabs = EXAMPLES.map((example) => ({
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
    const added = own || !token.current ? {} : { Authorization: `Bearer ${token.current}` }
    return fetcher(parameters, { ...options, headers: { ...options?.headers, ...added } })
  }
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
