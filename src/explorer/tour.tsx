import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { Header } from './header'
import { authorization, post } from './requests'
import type { Session } from './session'
import { StepList } from './step-list'
import { StepNote } from './step-note'
import { STEPS, type Step } from './steps'
import { textAt } from './tour-results'

/** The frame around GraphiQL: the identity switch, the steps of the tour and the note on the open step. */
export function Tour({ session, children }: { session: Session; children: ReactNode }) {
  const activeIndex = useGraphiQL(({ activeTabIndex }) => activeTabIndex)
  const open = useOpenStep(session)
  useInitialStep(session, open)
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

/** Returns a function that opens a step: selects its tab and identity and fills in its variables. */
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
        const variables = step.variables ? JSON.stringify(step.variables(session.state.results), null, 2) : ''
        // Keep variables that the user has edited.
        const existing = current.current.tabs[index]?.variables ?? ''
        if (existing !== (filled.current.get(step) ?? '')) return
        filled.current.set(step, variables)
        current.current.editor?.setValue(variables)
        updateActiveTabValues({ variables })
      }
      fill()
      if (step.readsClock) void readClock(session).then(fill)
    },
    [session, changeTab, updateActiveTabValues],
  )
}

async function readClock(session: Session): Promise<void> {
  const { data } = await post({ query: 'query Now { now }' }, authorization(session.token))
  session.addResults({ now: textAt(data, 'now') })
}

/**
 * Opens the step named by the URL (?step=MyPlan, or ?upgrade=pro for the checkout of a plan), by default the
 * first one, and runs it if it is a query.
 */
function useInitialStep(session: Session, open: (index: number) => void): void {
  const { run } = useGraphiQLActions()
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  const variableEditor = useGraphiQL((state) => state.variableEditor)
  const isReady = useGraphiQL((state) => Boolean(state.responseEditor))
  useEffect(() => {
    if (!queryEditor || !variableEditor || !isReady) return
    for (const editor of [queryEditor, variableEditor]) editor.updateOptions({ wordWrap: 'on' })
    const parameters = new URLSearchParams(location.search)
    const upgrade = /^[a-z0-9-]+$/.exec(parameters.get('upgrade') ?? '')?.[0]
    if (upgrade) session.addResults({ checkoutPlan: upgrade })
    const stepName = upgrade ? 'Checkout' : parameters.get('step')
    const index = Math.max(
      0,
      STEPS.findIndex(({ operation }) => operation === stepName),
    )
    open(index)
    if (STEPS[index]?.query.startsWith('query')) run()
  }, [queryEditor, variableEditor, isReady, session, open, run])
}
