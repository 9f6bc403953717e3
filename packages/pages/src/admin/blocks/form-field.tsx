import { Checkbox, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import '@mantine/core/styles/Switch.css'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'
import type { DayKind, Field, FieldKind, FieldValue } from './field'

const DAY_KINDS: ReadonlySet<FieldKind> = new Set<DayKind>(['day', 'lastDay', 'date'])
const INPUT_MODES = { number: 'numeric', amount: 'decimal' } as const

interface FormFieldProps {
  field: Field
  value: FieldValue
  problem: string | undefined
  onChange: (value: FieldValue) => void
}

/** An input with its label and its error. */
export function FormField({ field, value, problem, onChange }: FormFieldProps) {
  const texts = useTexts()
  const { kind, options = [], currency } = field
  const common = {
    name: field.name,
    label: field.label,
    description: field.description,
    error: problem,
    required: field.isRequired ?? false,
  }
  const onText = ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value)
  if (kind === 'switch')
    return <Switch {...common} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
  if (kind === 'choices') {
    return (
      <Checkbox.Group {...common} value={[...(value as readonly string[])]} onChange={onChange}>
        <div className={classes['form-grid']}>
          {options.map((option) => (
            <Checkbox key={option.value} value={option.value} label={option.label} />
          ))}
        </div>
      </Checkbox.Group>
    )
  }
  const text = value as string
  if (kind === 'choice') {
    const data = field.isRequired && text ? [...options] : [{ value: '', label: field.isRequired ? texts.choose : '–' }, ...options]
    return <NativeSelect {...common} value={text} data={data} onChange={onText} />
  }
  if (kind === 'longText' || kind === 'json') return <Textarea {...common} rows={3} value={text} onChange={onText} />
  return (
    <TextInput
      {...common}
      type={DAY_KINDS.has(kind) ? 'date' : 'text'}
      inputMode={INPUT_MODES[kind as keyof typeof INPUT_MODES]}
      value={text}
      onChange={onText}
      rightSection={kind === 'amount' ? <span aria-hidden="true">{currency}</span> : undefined}
      rightSectionWidth={kind === 'amount' ? '3.25rem' : undefined}
    />
  )
}
