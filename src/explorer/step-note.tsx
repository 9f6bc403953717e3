import { useGraphiQL } from '@graphiql/react'
import { useRef } from 'react'
import { authorization, post } from './requests'
import { type Session, useSession } from './session'
import { CHANGE_PLAN, type Step } from './steps'

/** What the open step does, what it still lacks, and whether it listens. */
export function StepNote({ step, session }: { step: Step; session: Session }) {
  const { found } = useSession(session)
  const isListening = useGraphiQL(({ subscription }) => subscription !== null)
  const lacks = step.needs && found[step.needs.key] === undefined ? step.needs.hint : undefined
  return (
    <section className="note" aria-label="About this step">
      <p>{step.text}</p>
      {lacks && <p className="lacks">{lacks}</p>}
      {isListening && <Listening session={session} />}
    </section>
  )
}

function Listening({ session }: { session: Session }) {
  const turn = useRef(0)
  const changePlan = () => {
    const { found, tokens } = session.state
    turn.current += 1
    const planId = turn.current % 2 === 1 ? found.starter : found.pro
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
