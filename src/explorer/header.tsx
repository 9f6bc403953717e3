import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useState } from 'react'
import { authorization, post } from './requests'
import { type Session, useSession } from './session'
import type { Identity } from './tokens'

const IDENTITIES: readonly [Identity, string][] = [
  ['customer', 'Customer'],
  ['administrator', 'Administrator'],
]

interface HeaderProps {
  session: Session
  /** Called after the demo data have been reset. */
  onReset(): void
}

export function Header({ session, onReset }: HeaderProps) {
  return (
    <header className="bar">
      <h1>
        Quittance <span>explorer</span>
      </h1>
      {session.isDemo ? <IdentitySwitch session={session} /> : <TokenField session={session} />}
      {session.isDemo && (
        <a className="mails" href="/demo/mail" target="_blank" rel="noreferrer">
          Mails
        </a>
      )}
      {session.isDemo && <ResetButton session={session} onReset={onReset} />}
    </header>
  )
}

function IdentitySwitch({ session }: { session: Session }) {
  const { identity } = useSession(session)
  return (
    <fieldset className="identity">
      <legend>Run as</legend>
      {IDENTITIES.map(([value, label]) => (
        <button key={value} type="button" aria-pressed={identity === value} onClick={() => session.select(value)}>
          {label}
        </button>
      ))}
    </fieldset>
  )
}

function TokenField({ session }: { session: Session }) {
  const { pasted } = useSession(session)
  const { introspect } = useGraphiQLActions()
  const hasSchema = useGraphiQL(({ schema }) => Boolean(schema))
  return (
    <div className="token">
      <label htmlFor="token">Token</label>
      <input
        id="token"
        type="password"
        value={pasted}
        placeholder="Paste a token; without one, requests are anonymous"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => session.paste(event.target.value.trim())}
        onBlur={() => !hasSchema && void introspect()}
      />
    </div>
  )
}

function ResetButton({ session, onReset }: HeaderProps) {
  const [isRunning, setRunning] = useState(false)
  const reset = async () => {
    if (!confirm('Remove all data, set the clock back and load the demo data again?')) return
    setRunning(true)
    const query = 'mutation ResetDemo { resetDemo { now } }'
    const { errors } = await post({ query }, authorization(session.state.tokens.administrator)).catch((error: Error) => ({
      errors: [error],
    }))
    setRunning(false)
    if (errors?.[0]) return alert(`The demo could not be reset: ${errors[0].message}`)
    session.restart()
    onReset()
  }
  return (
    <button type="button" className="reset" disabled={isRunning} onClick={() => void reset()}>
      {isRunning ? 'Resetting …' : 'Reset'}
      <span> the demo</span>
    </button>
  )
}
