import { Button } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import type { PageOperation } from '../../ui/operation'
import classes from './blocks.module.css'
import type { Field, ReadValues } from './field'

const ActionDialog = lazy(() => import('./action-dialog'))

interface TypedAction<TResult, TVariables> {
  /** The text of the button that opens the dialog. */
  readonly label: string
  /** What is changed, as the title of the dialog names it. */
  readonly target: string
  /** What happens. */
  readonly text?: ReactNode
  readonly fields?: readonly Field[]
  /** The text of the button that does it; by default the label. */
  readonly confirm?: string
  readonly isDangerous?: boolean
  readonly operation: PageOperation<TResult, TVariables>
  /**
   * @param values  of the fields, as the API takes them
   * @param key  an idempotency key: the same one only if the answer to the last attempt was lost
   */
  variables(values: ReadValues, key: string): TVariables
  /** Shown afterwards in the dialog, such as a secret. */
  result?(data: TResult): ReactNode
  onDone?(data: TResult): void
}

/** Something that an administrator can do: a mutation of the API, with the dialog that asks for its input or a confirmation. */
// biome-ignore lint/suspicious/noExplicitAny: actions of different operations are in one list, and defineAction checks each
export type Action = TypedAction<any, any>

/** Describes an action; the types of its operation are checked here. */
export function defineAction<TResult, TVariables>(action: TypedAction<TResult, TVariables>): Action {
  return action
}

interface ActionButtonsProps {
  actions: readonly (Action | false | null | undefined)[]
  /** Of the object, for screen readers, which read the buttons of a table without their row. */
  target?: string | undefined
  isInTable?: boolean
}

/** The buttons of actions. Those that are false do not apply. */
export function ActionButtons({ actions, target, isInTable = false }: ActionButtonsProps) {
  const [open, setOpen] = useState<Action>()
  const opener = useRef<HTMLElement>(null)
  const shown = actions.filter((action): action is Action => Boolean(action))
  const close = () => {
    setOpen(undefined)
    // After the dialog has left the page. What it was opened from may have left it, too.
    requestAnimationFrame(() => (opener.current?.isConnected ? opener.current : document.getElementById('content'))?.focus())
  }
  if (shown.length === 0) return null
  return (
    <>
      <div className={classes.buttons} data-align={isInTable ? 'end' : undefined}>
        {shown.map((action, index) => (
          <Button
            key={action.label}
            size={isInTable ? 'compact-sm' : 'sm'}
            variant={index === 0 && !isInTable && !action.isDangerous ? 'filled' : 'default'}
            c={action.isDangerous ? 'var(--danger-text)' : undefined}
            aria-label={target && `${action.label}: ${target}`}
            onClick={({ currentTarget }) => {
              opener.current = currentTarget
              setOpen(action)
            }}
          >
            {action.label}
          </Button>
        ))}
      </div>
      <Suspense>{open && <ActionDialog action={open} onClose={close} />}</Suspense>
    </>
  )
}
