import { QuittanceError } from '@quittance/client'
import { parseAmount } from '../../ui/amount-text'
import { lastMomentOfDay, startOfDay } from './days'
import type { Choice } from './list-filters'

/** The start of a day, the end of it, or the day without a time. */
export type DayKind = 'day' | 'lastDay' | 'date'
export type FieldKind = 'text' | 'longText' | 'number' | 'amount' | 'choice' | 'choices' | 'switch' | DayKind | 'json' | 'lines'
/** The values of a line by the name of its field. */
export type LineValues = Readonly<Record<string, string>>
export type FieldValue = string | boolean | readonly string[] | readonly LineValues[]
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
  /** Of an amount, unless the form has a field `currency`. */
  readonly currency?: string
  /** The currency of an amount that another field determines. */
  readonly currencyBy?: (values: FieldValues) => string | undefined
  /** What each line has, of the kinds that are entered as text. */
  readonly lineFields?: readonly Field[]
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
  const problems = several.flatMap(({ field: path, message }): [string, string][] => {
    const name = nameOfProblem(path.split(/[.[\]]+/).filter(Boolean), fields)
    return name === undefined ? [] : [[name, message.replace(/^[\w.[\]]+: /, '')]]
  })
  return Object.fromEntries(problems)
}

/** @param path  "input", "items", "1", "unitPrice" @returns "items.1.unitPrice", the name of an input, if the form has it */
function nameOfProblem(path: readonly string[], fields: readonly Field[]): string | undefined {
  const named = new Map(fields.map((field) => [field.name, field]))
  const at = path.findIndex((part) => named.has(part))
  const [name, index, child = ''] = at < 0 ? [] : path.slice(at)
  if (name === undefined) return undefined
  const isOfLine = named.get(name)?.lineFields?.some((field) => field.name === child)
  return isOfLine ? nameInLine(name, Number(index), child) : name
}

/** The name of an input of a line. */
export function nameInLine(name: string, index: number, child: string): string {
  return `${name}.${index}.${child}`
}

export function initialValues(fields: readonly Field[]): Record<string, FieldValue> {
  return Object.fromEntries(fields.map((field) => [field.name, field.initial ?? emptyValue(field)]))
}

function emptyValue({ kind, lineFields = [] }: Field): FieldValue {
  if (kind === 'switch') return false
  if (kind === 'lines') return [newLine(lineFields)]
  return kind === 'choices' ? [] : ''
}

export function newLine(lineFields: readonly Field[]): LineValues {
  return Object.fromEntries(lineFields.map(({ name, initial }) => [name, typeof initial === 'string' ? initial : '']))
}

/** A text that the kind of a field does not allow. */
export class UnreadableField extends Error {}

/**
 * The values as the API takes them; an empty text is null.
 * @param timeZone  of the seller, whose days were entered
 * @throws UnreadableField whose message is the name of a field
 */
export function readValues(fields: readonly Field[], values: FieldValues, timeZone: string): ReadValues {
  return Object.fromEntries(fields.map((field) => [field.name, readField(field, values, timeZone)]))
}

function readField(field: Field, values: FieldValues, timeZone: string): unknown {
  const { name, kind, lineFields = [] } = field
  const value = values[name] ?? ''
  if (kind !== 'lines') return readValue(field, value, { currency: currencyOf(field, values), timeZone })
  return (value as readonly LineValues[]).map((line, index) =>
    Object.fromEntries(
      lineFields.map((child) => {
        const named = { ...child, name: nameInLine(name, index, child.name) }
        return [child.name, readValue(named, line[child.name] ?? '', { currency: currencyOf(child, values), timeZone })]
      }),
    ),
  )
}

/** The currency of an amount: what was entered in the form, or that of the field. */
export function currencyOf({ currency = '', currencyBy }: Field, values: FieldValues): string {
  const { currency: entered } = values
  return typeof entered === 'string' ? entered.trim().toUpperCase() : (currencyBy?.(values) ?? currency)
}

function readValue({ name, kind }: Field, value: FieldValue, { currency, timeZone }: { currency: string; timeZone: string }): unknown {
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
      return startOfDay(text, timeZone) ?? unreadable(name)
    case 'lastDay':
      return lastMomentOfDay(text, timeZone) ?? unreadable(name)
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
