import { useGraphiQL } from '@graphiql/react'
import { useRef } from 'react'
import { authorization, post } from './requests'
import { type Session, useSession } from './session'
import { CHANGE_PLAN, type Step } from './steps'

/** Shows what the open step does, what it still requires, and whether its subscription is running. */
export function StepNote({ step, session }: { step: Step; session: Session }) {
  const { results } = useSession(session)
  const isSubscribed = useGraphiQL(({ subscription }) => subscription !== null)
  const hint = step.needs && results[step.needs.key] === undefined ? step.needs.hint : undefined
  return (
    <section className="note" aria-label="About this step">
      <p>{step.text}</p>
      {hint && <p className="lacks">{hint}</p>}
      {isSubscribed && <SubscriptionStatus session={session} />}
    </section>
  )
}

function SubscriptionStatus({ session }: { session: Session }) {
  const clicks = useRef(0)
  const changePlan = () => {
    const { results, tokens } = session.state
    clicks.current += 1
    const planId = clicks.current % 2 === 1 ? results.starter : results.pro
    return post({ query: CHANGE_PLAN, variables: { planId } }, authorization(tokens.administrator))
  }
  return (
    <p className="listening" role="status">
      <span>Listening: changes appear below as they happen.</span>
      {session.isDemo && (
        <button type="button" onClick={() => void changePlan()}>
          Change the plan now
        </button>
      )}
    </p>
  )
}
