import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { textAt } from './found'
import { Header } from './header'
import { authorization, post } from './requests'
import type { Session } from './session'
import { StepList } from './step-list'
import { StepNote } from './step-note'
import { STEPS, type Step } from './steps'

/** The frame around GraphiQL: who runs the operations, the steps of the tour, and what the open one does. */
export function Tour({ session, children }: { session: Session; children: ReactNode }) {
  const activeIndex = useGraphiQL(({ activeTabIndex }) => activeTabIndex)
  const open = useOpenStep(session)
  useArrival(session, open)
  const step = STEPS[activeIndex]
  return (
    <div className="explorer">
      <Header session={session} onReset={() => open(0)} />
      <StepList onOpen={open} />
      <main>
        {step && <StepNote step={step} session={session} />}
        <div className="editors" role="tabpanel" aria-label={step?.title ?? 'Request'}>
          {children}
        </div>
      </main>
    </div>
  )
}

/** Opens a step: its tab, its identity, and its variables with what earlier steps have found. */
function useOpenStep(session: Session): (index: number) => void {
  const { changeTab, updateActiveTabValues } = useGraphiQLActions()
  const editor = useGraphiQL(({ variableEditor }) => variableEditor)
  const tabs = useGraphiQL(({ tabs }) => tabs)
  const current = useRef({ editor, tabs })
  current.current = { editor, tabs }
  const filled = useRef(new Map<Step, string>())
  return useCallback(
    (index) => {
      changeTab(index)
      const step = STEPS[index]
      if (!step) return
      session.selectFor(step)
      const fill = () => {
        const variables = step.variables ? JSON.stringify(step.variables(session.state.found), null, 2) : ''
        // What somebody has changed by hand stays.
        const present = current.current.tabs[index]?.variables ?? ''
        if (present !== (filled.current.get(step) ?? '')) return
        filled.current.set(step, variables)
        current.current.editor?.setValue(variables)
        updateActiveTabValues({ variables })
      }
      fill()
      if (step.operation === 'AdvanceClock') void readClock(session).then(fill)
    },
    [session, changeTab, updateActiveTabValues],
  )
}

async function readClock(session: Session): Promise<void> {
  const { data } = await post({ query: 'query Now { now }' }, authorization(session.token))
  session.find({ now: textAt(data, 'now') })
}

/**
 * Opens the step that the address names (?step=MyPlan, or ?upgrade=pro for the checkout of a plan), or the first one, and
 * runs it when it changes nothing.
 */
function useArrival(session: Session, open: (index: number) => void): void {
  const { run } = useGraphiQLActions()
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  const variableEditor = useGraphiQL((state) => state.variableEditor)
  const isAnswerable = useGraphiQL((state) => Boolean(state.responseEditor))
  useEffect(() => {
    if (!queryEditor || !variableEditor || !isAnswerable) return
    for (const editor of [queryEditor, variableEditor]) editor.updateOptions({ wordWrap: 'on' })
    const address = new URLSearchParams(location.search)
    const upgrade = /^[a-z0-9-]+$/.exec(address.get('upgrade') ?? '')?.[0]
    if (upgrade) session.find({ checkoutPlan: upgrade })
    const wanted = upgrade ? 'Checkout' : address.get('step')
    const index = Math.max(
      0,
      STEPS.findIndex(({ operation }) => operation === wanted),
    )
    open(index)
    if (STEPS[index]?.query.startsWith('query')) run()
  }, [queryEditor, variableEditor, isAnswerable, session, open, run])
}
