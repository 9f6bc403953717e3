import type { Column } from '../../ui/data-table'
import { useTexts } from '../use-texts'
import { type Action, ActionButtons } from './action'

type Choice = Action | false | null | undefined

/** The last column of a table: the buttons of what can be done with a row. */
export function useActionColumn<TRow>() {
  const { actions } = useTexts()
  /** @param targetOf  names the row for screen readers */
  return (actionsOf: (row: TRow) => readonly Choice[], targetOf?: (row: TRow) => string): Column<TRow> => ({
    key: 'actions',
    title: actions.title,
    isTitleHidden: true,
    align: 'end',
    cell: (row) => <ActionButtons isInTable target={targetOf?.(row)} actions={actionsOf(row)} />,
  })
}
