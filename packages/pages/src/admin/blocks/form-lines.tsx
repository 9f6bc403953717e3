import { Button, Input } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'
import { type Field, type LineValues, nameInLine, newLine, type Problems } from './field'
import { FormField } from './form-field'

interface FormLinesProps {
  field: Field
  lines: readonly LineValues[]
  currency: string
  problems: Problems
  onChange: (lines: readonly LineValues[]) => void
}

/** The lines of a document: at least one, each with the same inputs. */
export function FormLines({ field: { name, label, lineFields = [] }, lines, currency, problems, onChange }: FormLinesProps) {
  const { fields } = useTexts()
  const group = useRef<HTMLFieldSetElement>(null)
  // The line whose first input gets the focus: a new one, or the one in place of a removed one.
  const focused = useRef<number>(undefined)
  useEffect(() => {
    if (focused.current === undefined) return
    group.current?.querySelectorAll('fieldset')[focused.current]?.querySelector('input')?.focus()
    focused.current = undefined
  })
  const replace = (index: number, changes: LineValues) => onChange(lines.map((line, at) => (at === index ? { ...line, ...changes } : line)))
  const add = () => {
    focused.current = lines.length
    onChange([...lines, newLine(lineFields)])
  }
  const remove = (index: number) => {
    focused.current = Math.min(index, lines.length - 2)
    onChange(lines.filter((_line, at) => at !== index))
  }
  return (
    <fieldset ref={group} className={classes.lines}>
      <legend>{label}</legend>
      {lines.map((line, index) => (
        <fieldset key={index} className={classes.line}>
          <legend className="visually-hidden">{fields.lineNumber(index + 1)}</legend>
          {lineFields.map((child) => {
            const named = nameInLine(name, index, child.name)
            return (
              <div key={child.name} className={child.isWide ? classes.wide : undefined}>
                <FormField
                  field={{ ...child, name: named, currency }}
                  value={line[child.name] ?? ''}
                  problem={problems[named]}
                  onChange={(value) => replace(index, { [child.name]: value as string })}
                />
              </div>
            )
          })}
          {lines.length > 1 && (
            <Button variant="default" size="compact-sm" c="var(--danger-text)" onClick={() => remove(index)}>
              {fields.removeLine(index + 1)}
            </Button>
          )}
        </fieldset>
      ))}
      {problems[name] && <Input.Error>{problems[name]}</Input.Error>}
      <Button variant="default" size="compact-sm" onClick={add}>
        {fields.addLine}
      </Button>
    </fieldset>
  )
}
