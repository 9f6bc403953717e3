import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

const MAX_SAME_TYPE = 2

/**
 * Selects every field of a type, recursively. No type occurs more than twice on a path.
 * @param excluded  paths to omit, such as `orders.nodes.notes`
 */
export function selectEverything(schema: GraphQLSchema, output: GraphQLOutputType, excluded: ReadonlySet<string>, at: string): string {
  return select(schema, output, { excluded, at, types: [] })
}

interface Walk {
  excluded: ReadonlySet<string>
  at: string
  types: readonly string[]
}

function select(schema: GraphQLSchema, output: GraphQLOutputType, { excluded, at, types }: Walk): string {
  const type = getNamedType(output)
  if (isAbstractType(type)) {
    const options = schema.getPossibleTypes(type).map((each) => `... on ${each.name} ${select(schema, each, { excluded, at, types })}`)
    return `{ __typename ${options.join(' ')} }`
  }
  if (!isObjectType(type)) return ''
  const path = [...types, type.name]
  if (path.filter((name) => name === type.name).length > MAX_SAME_TYPE) return '{ __typename }'
  const fields = Object.values(type.getFields()).flatMap(({ name, type: fieldType, args }) => {
    const place = `${at}.${name}`
    if (excluded.has(place)) return []
    const required = args.find(isRequiredArgument)
    if (required) throw new Error(`${type.name}.${name} needs a value for its argument ${required.name}`)
    return [`${name} ${select(schema, fieldType, { excluded, at: place, types: path })}`]
  })
  return `{ __typename ${fields.join(' ')} }`
}

/** Returns the value of an argument or input field, or undefined to omit an optional one. */
export type FillValue = (name: string, type: string, isRequired: boolean) => unknown

export function fillArguments(args: readonly GraphQLArgument[], fill: FillValue): Record<string, unknown> {
  return valuesOf(args, (argument) => isRequiredArgument(argument as GraphQLArgument), fill)
}

type Slot = GraphQLArgument | GraphQLInputField

function valuesOf(slots: readonly Slot[], isRequired: (slot: Slot) => boolean, fill: FillValue): Record<string, unknown> {
  const entries = slots.map((slot) => [slot.name, fillOne(slot.name, slot.type, isRequired(slot), fill)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function fillOne(name: string, type: GraphQLInputType, isRequired: boolean, fill: FillValue): unknown {
  const inner = isNonNullType(type) ? type.ofType : type
  if (isListType(inner)) {
    const value = isRequired ? fillOne(name, inner.ofType, true, fill) : undefined
    return value === undefined ? undefined : [value]
  }
  if (isInputObjectType(inner)) {
    return valuesOf(Object.values(inner.getFields()), (slot) => isRequiredInputField(slot as GraphQLInputField), fill)
  }
  const value = fill(name, String(inner), isRequired)
  if (value === undefined && isRequired && isEnumType(inner)) return inner.getValues()[0]?.name
  return value
}

/** A non-null field of a response. */
export interface ResponseField {
  type: string
  field: string
  path: string
  /** The objects from the root to the object that has the field. */
  objects: readonly Record<string, unknown>[]
}

/** Lists all non-null fields of a response. */
export function listResponseFields(data: Record<string, unknown>, root: GraphQLObjectType): ResponseField[] {
  return walk(data, root.name, root.name, [])
}

function walk(object: Record<string, unknown>, type: string, path: string, ancestors: readonly Record<string, unknown>[]): ResponseField[] {
  const objects = [...ancestors, object]
  return Object.entries(object).flatMap(([field, value]) => {
    if (field === '__typename' || value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return []
    const place = `${path}.${field}`
    const children = (Array.isArray(value) ? value : [value]).flatMap((each) =>
      isObject(each) ? walk(each, String(each.__typename), place, objects) : [],
    )
    return [{ type, field, path: place, objects }, ...children]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && '__typename' in value
}
