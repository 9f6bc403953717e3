import { CloseButton, NativeSelect, TextInput } from '@mantine/core'
import '@mantine/core/styles/CloseButton.css'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'
import type { ListState } from './list-state'

export interface Choice {
  readonly value: string
  readonly label: string
}

export interface ListFilter {
  readonly name: string
  readonly label: string
  readonly kind: 'search' | 'choice' | 'day' | 'text'
  readonly options?: readonly Choice[]
}

interface FiltersProps {
  /** What the table contains, for screen readers. */
  label: string
  filters: readonly ListFilter[]
  sorts: readonly Choice[]
  state: ListState
}

/** The filters and the sort order of a table. */
export function ListFilters({ label, filters, sorts, state }: FiltersProps) {
  const texts = useTexts()
  if (filters.length === 0 && sorts.length === 0) return null
  return (
    <search className={classes.filters} aria-label={label}>
      {filters.map((filter) => (
        <Filter key={filter.name} filter={filter} state={state} />
      ))}
      {sorts.length > 0 && (
        <NativeSelect
          label={texts.sort}
          value={state.values.orderBy ?? sorts[0]?.value ?? ''}
          data={[...sorts]}
          onChange={({ currentTarget }) => state.setValue('orderBy', currentTarget.value === sorts[0]?.value ? '' : currentTarget.value)}
        />
      )}
    </search>
  )
}

function Filter({ filter: { name, label, kind, options = [] }, state }: { filter: ListFilter; state: ListState }) {
  const texts = useTexts()
  const value = state.values[name] ?? ''
  const set = (changed: string) => state.setValue(name, changed)
  if (kind === 'choice') {
    const data = [{ value: '', label: texts.all }, ...options]
    return <NativeSelect label={label} value={value} data={data} onChange={({ currentTarget }) => set(currentTarget.value)} />
  }
  if (kind === 'day')
    return <TextInput type="date" label={label} value={value} onChange={({ currentTarget }) => set(currentTarget.value)} />
  return <TextFilter label={label} value={value} isSearch={kind === 'search'} onChange={set} />
}

/** After how long without a key the list is read again. */
const TYPING_MS = 300

function TextFilter({
  label,
  value,
  isSearch,
  onChange,
}: {
  label: string
  value: string
  isSearch: boolean
  onChange(text: string): void
}) {
  const texts = useTexts()
  const [text, setText] = useState(value)
  /** The text of the address, as far as this field knows. */
  const sent = useRef(value)
  // The latest one, because the address may have changed since the timer was set.
  const send = useRef(onChange)
  send.current = onChange
  useEffect(() => {
    // What was sent arrives here, too, and must not replace what has been typed since.
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      send.current(text)
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <TextInput
      className={isSearch ? classes.search : undefined}
      type={isSearch ? 'search' : 'text'}
      label={label}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      rightSection={text && <CloseButton size="sm" aria-label={texts.clear} onClick={() => setText('')} />}
    />
  )
}
