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
 * Every field of a type and of what it leads to, where no type occurs more than twice on a path.
 * @param refused  paths to leave out: `orders.nodes.notes`
 */
export function selectEverything(schema: GraphQLSchema, output: GraphQLOutputType, refused: ReadonlySet<string>, at: string): string {
  return select(schema, output, { refused, at, types: [] })
}

interface Walk {
  refused: ReadonlySet<string>
  at: string
  types: readonly string[]
}

function select(schema: GraphQLSchema, output: GraphQLOutputType, { refused, at, types }: Walk): string {
  const type = getNamedType(output)
  if (isAbstractType(type)) {
    const options = schema.getPossibleTypes(type).map((each) => `... on ${each.name} ${select(schema, each, { refused, at, types })}`)
    return `{ __typename ${options.join(' ')} }`
  }
  if (!isObjectType(type)) return ''
  const path = [...types, type.name]
  if (path.filter((name) => name === type.name).length > MAX_SAME_TYPE) return '{ __typename }'
  const fields = Object.values(type.getFields()).flatMap(({ name, type: fieldType, args }) => {
    const place = `${at}.${name}`
    if (refused.has(place)) return []
    const required = args.find(isRequiredArgument)
    if (required) throw new Error(`${type.name}.${name} needs a value for its argument ${required.name}`)
    return [`${name} ${select(schema, fieldType, { refused, at: place, types: path })}`]
  })
  return `{ __typename ${fields.join(' ')} }`
}

/** Gives an argument or input field its value. @returns undefined to leave out one that is optional */
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

/** A field that is not null, on an object of a type, with its path in the response. */
export interface Seen {
  type: string
  field: string
  path: string
  /** The objects from the root to the one that has the field. */
  objects: readonly Record<string, unknown>[]
}

/** Everything in a response that is not null. */
export function everythingIn(data: Record<string, unknown>, root: GraphQLObjectType): Seen[] {
  return walk(data, root.name, root.name, [])
}

function walk(object: Record<string, unknown>, type: string, path: string, above: readonly Record<string, unknown>[]): Seen[] {
  const objects = [...above, object]
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
