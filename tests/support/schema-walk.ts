import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

const MAX_SAME_TYPE = 2
/** How often a field of a type is followed. Otherwise the number of paths through the graph would be exponential. */
const MAX_SAME_FIELD = 2

/**
 * Selects every field of a type, recursively. No type occurs more than twice on a path, and of the paths through a field,
 * the shortest ones are followed.
 * @param excluded  paths to omit, such as `orders.nodes.notes`, or their ends, such as `user.limits`
 */
export function selectEverything(schema: GraphQLSchema, output: GraphQLOutputType, excluded: ReadonlySet<string>, at: string): string {
  const root: Selection = { type: getNamedType(output), name: '', at, types: [], children: [] }
  const followed = new Map<string, number>()
  for (const selections = [root]; selections.length > 0; ) {
    const next = selections.splice(0).flatMap((selection) => expand(schema, selection, excluded, followed))
    selections.push(...next)
  }
  return print(root)
}

interface Selection {
  readonly type: GraphQLNamedType
  /** The field with its alias, or a fragment; empty for the root. */
  readonly name: string
  /** The path from the root. */
  readonly at: string
  /** The types of the objects on the path. */
  readonly types: readonly string[]
  readonly children: Selection[]
}

/** Adds the fields of a selection, or the fragments of an abstract type. @returns those that have fields themselves */
function expand(
  schema: GraphQLSchema,
  { type, at, types, children }: Selection,
  excluded: ReadonlySet<string>,
  followed: Map<string, number>,
): Selection[] {
  if (isAbstractType(type)) {
    for (const each of schema.getPossibleTypes(type)) children.push({ type: each, name: `... on ${each.name}`, at, types, children: [] })
    return children
  }
  if (!isObjectType(type) || types.filter((name) => name === type.name).length >= MAX_SAME_TYPE) return []
  for (const { name, type: fieldType, args } of Object.values(type.getFields())) {
    const place = `${at}.${name}`
    const count = followed.get(`${type.name}.${name}`) ?? 0
    const named = getNamedType(fieldType)
    const end = place.split('.').slice(-2).join('.')
    if (excluded.has(place) || excluded.has(end) || (isCompositeType(named) && count >= MAX_SAME_FIELD)) continue
    followed.set(`${type.name}.${name}`, count + 1)
    const required = args.find(isRequiredArgument)
    if (required) throw new Error(`${type.name}.${name} needs a value for its argument ${required.name}`)
    // The types of a union may have fields of one name and different types, which need different aliases.
    children.push({ type: named, name: `${type.name}__${name}: ${name}`, at: place, types: [...types, type.name], children: [] })
  }
  return children.filter((child) => isCompositeType(child.type))
}

function print({ type, name, children }: Selection): string {
  if (!isCompositeType(type)) return name
  return `${name} { __typename ${children.map(print).join(' ')} }`
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

/** The name of a field that `selectEverything` has selected with an alias. */
export function fieldOf(alias: string): string {
  return alias.replace(/^\w+?__(?=\w)/, '')
}

/** Names the fields of a response that `selectEverything` has selected with aliases. */
export function withoutAliases<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_name, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).map(([alias, inner]) => [fieldOf(alias), inner])) : each,
  ) as T
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && '__typename' in value
}
