import { QuittanceError } from '@quittance/client'
import { parseAmount } from './amount-text'
import type { Choice } from './list-filters'

export type FieldKind = 'text' | 'longText' | 'number' | 'amount' | 'choice' | 'choices' | 'switch' | 'day' | 'date' | 'json'
export type FieldValue = string | boolean | readonly string[]
/** What was entered, by name of the field. */
export type FieldValues = Readonly<Record<string, FieldValue>>

/** A field of a form. Its name is that of the field of the input, so that errors of the API are shown at it. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  readonly description?: string | undefined
  readonly isRequired?: boolean
  readonly initial?: FieldValue | null | undefined
  readonly options?: readonly Choice[]
  /** Of an amount. A `day` is a time, the start of it; a `date` has no time. */
  readonly currency?: string
  /** Whether the field uses the whole width. */
  readonly isWide?: boolean
}

/** The values as the API takes them. Its types are those of the input, which the fields describe. */
// biome-ignore lint/suspicious/noExplicitAny: the API checks what was entered
export type ReadValues = Record<string, any>
export type Problems = Readonly<Record<string, string>>

/** The messages of an error of the API by the name of the field, and whether others are left. */
export function fieldProblems(error: Error | undefined, fields: readonly Field[]): Problems {
  if (!(error instanceof QuittanceError)) return {}
  const { field, fields: several = field === undefined ? [] : [{ field, message: error.message }] } = error.extensions
  const known = new Set(fields.map(({ name }) => name))
  const problems = several.flatMap(({ field: path, message }): [string, string][] => {
    const name = path.split(/[.[\]]+/).find((part) => known.has(part))
    return name === undefined ? [] : [[name, message.replace(/^[\w.[\]]+: /, '')]]
  })
  return Object.fromEntries(problems)
}

export function initialValues(fields: readonly Field[]): Record<string, FieldValue> {
  return Object.fromEntries(fields.map(({ name, kind, initial }) => [name, initial ?? emptyValue(kind)]))
}

function emptyValue(kind: FieldKind): FieldValue {
  if (kind === 'switch') return false
  return kind === 'choices' ? [] : ''
}

/** A text that the kind of a field does not allow. */
export class UnreadableField extends Error {}

/**
 * The values as the API takes them; an empty text is null.
 * @throws UnreadableField whose message is the name of a field
 */
export function readValues(fields: readonly Field[], values: FieldValues): ReadValues {
  return Object.fromEntries(fields.map((field) => [field.name, readValue(field, values[field.name] ?? '')]))
}

function readValue({ name, kind, currency = '' }: Field, value: FieldValue): unknown {
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (text === '') return null
  switch (kind) {
    case 'number':
      return Number.isNaN(Number(text)) ? unreadable(name) : Number(text)
    case 'amount':
      return parseAmount(text, currency) ?? unreadable(name)
    case 'json':
      return parseJson(text) ?? unreadable(name)
    case 'day':
      return new Date(`${text}T00:00:00`).toISOString()
    default:
      return text
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreadable(name: string): never {
  throw new UnreadableField(name)
}
