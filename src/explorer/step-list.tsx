import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { STEPS } from './steps'

/** The numbered steps of the tour, followed by the tabs that the user has added. */
export function StepList({ onOpen }: { onOpen(index: number): void }) {
  const { addTab, closeTab } = useGraphiQLActions()
  const tabs = useGraphiQL(({ tabs }) => tabs)
  const active = useGraphiQL(({ activeTabIndex }) => activeTabIndex)
  return (
    <nav className="steps" aria-label="Steps">
      <div role="tablist" aria-orientation="vertical">
        {STEPS.map(({ title, identity }, index) => (
          <button key={title} type="button" role="tab" aria-selected={index === active} className={identity} onClick={() => onOpen(index)}>
            {index + 1} {title}
          </button>
        ))}
        {tabs.slice(STEPS.length).map(({ id, title }, index) => (
          <span key={id} className="added">
            <button type="button" role="tab" aria-selected={STEPS.length + index === active} onClick={() => onOpen(STEPS.length + index)}>
              {title}
            </button>
            <button type="button" aria-label={`Close ${title}`} onClick={() => closeTab(STEPS.length + index)}>
              ×
            </button>
          </span>
        ))}
      </div>
      <button type="button" className="add" onClick={addTab}>
        + New tab
      </button>
    </nav>
  )
}
