import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql'
import { tooComplexError } from './too-complex-error.js'

interface CountedField {
  readonly field: { readonly name: string }
  /** How often one operation may select it, fragments included. */
  readonly maximum: number
  /** Points, in addition to those of its selections. */
  readonly price: number
}

export interface Introspection extends CountedField {
  readonly field: GraphQLField<unknown, unknown>
}

const INTROSPECTION_FIELDS: Readonly<Record<string, Introspection>> = {
  __schema: { field: SchemaMetaFieldDef, maximum: 1, price: 100 },
  __type: { field: TypeMetaFieldDef, maximum: 5, price: 10 },
}

/** `_Service.sdl`, the whole schema as text. */
export const SUBGRAPH_TEXT = { field: { name: 'sdl' }, maximum: 1, price: 100 } as const

/** Objects of the schema that count as one point. Executing one takes about 10 µs. */
const OBJECTS_PER_POINT = 6
/** A type rarely has more wrappers (list, non-null) than this; tools select nine levels of `ofType` to be sure. */
const MAX_COUNTED_WRAPPERS = 2
/** The length of a list that is not counted below. */
const OTHER_LIST_LENGTH = 5

/** How many entries the lists of a type have: `fields`, `args` of a field, `enumValues` and so on. */
export type ListLengths = Readonly<Record<string, number>>

interface SchemaLengths {
  /** Average over all types of the schema. */
  readonly average: ListLengths
  /** Average over the types that have such a list: those that fields and arguments refer to. */
  readonly typical: ListLengths
  readonly maximum: ListLengths
  readonly byType: ReadonlyMap<string, ListLengths>
}

/** @returns the introspection field that a root field selects, if it is one */
export function findIntrospection({ name }: FieldNode): Introspection | undefined {
  return Object.hasOwn(INTROSPECTION_FIELDS, name.value) ? INTROSPECTION_FIELDS[name.value] : undefined
}

export function isSubgraphText({ name }: FieldNode, type: GraphQLCompositeType): boolean {
  return type.name === '_Service' && name.value === SUBGRAPH_TEXT.field.name
}

/**
 * Counts a field.
 * @param counts  how often the operation has selected each of them so far
 * @throws QUERY_TOO_COMPLEX
 */
export function assertFewIntrospections({ field: { name }, maximum }: CountedField, counts: Map<string, number>): void {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  if (count <= maximum) return
  throw tooComplexError(`The operation selects ${name} more than ${maximum === 1 ? 'once' : `${maximum} times`}; remove the duplicates`)
}

/** @param objects  the number of objects that it can read */
export function introspectionCost({ price }: Introspection, objects: number): number {
  return price + Math.ceil(objects / OBJECTS_PER_POINT)
}

/** The lengths that apply below `__schema` or `__type`, by what the operation selects there. */
export function introspectionLengths({ name, arguments: given = [] }: FieldNode, schema: GraphQLSchema): ListLengths {
  const { average, maximum, byType } = lengthsOf(schema)
  if (name.value === '__schema') return average
  const [argument] = given
  // A name that is not known before the operation runs may be that of the largest type.
  return argument?.value.kind === Kind.STRING ? (byType.get(argument.value.value) ?? average) : maximum
}

/** The lengths that apply below a field of the schema. */
export function lengthsBelow(field: string, lengths: ListLengths, schema: GraphQLSchema): ListLengths {
  const { average, typical, maximum } = lengthsOf(schema)
  if (field === 'types') return average
  if (field === 'queryType' || field === 'mutationType' || field === 'subscriptionType') return maximum
  if (field === 'type' || field === 'ofType' || field === 'interfaces' || field === 'possibleTypes') return typical
  return lengths
}

export function listLength(field: string, lengths: ListLengths): number {
  return lengths[field] ?? OTHER_LIST_LENGTH
}

/** @param wrappers  levels of `ofType` above this field */
export function isCounted(field: string, wrappers: number): boolean {
  return field !== 'ofType' || wrappers < MAX_COUNTED_WRAPPERS
}

const lengthsBySchema = new WeakMap<GraphQLSchema, SchemaLengths>()

function lengthsOf(schema: GraphQLSchema): SchemaLengths {
  const cached = lengthsBySchema.get(schema)
  if (cached) return cached
  const byType = new Map(Object.values(schema.getTypeMap()).map((type) => [type.name, lengthsOfType(type, schema)] as const))
  const all = [...byType.values()]
  const names = ['fields', 'args', 'inputFields', 'enumValues', 'possibleTypes', 'interfaces']
  const summarise = (combine: (lengths: number[]) => number) =>
    Object.fromEntries(names.map((name) => [name, combine(all.map((lengths) => lengths[name] ?? 0))]))
  const sum = (lengths: number[]) => lengths.reduce((total, length) => total + length, 0)
  const shared = { types: byType.size, directives: schema.getDirectives().length }
  const args = sum(all.map(({ args = 0, fields = 0 }) => args * fields)) / Math.max(1, sum(all.map(({ fields = 0 }) => fields)))
  const lengths = {
    average: { ...summarise((each) => sum(each) / each.length), ...shared, args },
    typical: { ...summarise((each) => sum(each) / Math.max(1, each.filter((length) => length > 0).length)), ...shared, args },
    maximum: { ...summarise((each) => Math.max(...each)), ...shared },
    byType,
  }
  lengthsBySchema.set(schema, lengths)
  return lengths
}

/** `args` is the average of the type's fields. */
function lengthsOfType(type: GraphQLNamedType, schema: GraphQLSchema): ListLengths {
  if (isEnumType(type)) return { enumValues: type.getValues().length }
  if (isInputObjectType(type)) return { inputFields: Object.keys(type.getFields()).length }
  if (isUnionType(type)) return { possibleTypes: type.getTypes().length }
  if (!isObjectType(type) && !isInterfaceType(type)) return {}
  const fields = Object.values(type.getFields())
  return {
    fields: fields.length,
    args: fields.reduce((total, { args }) => total + args.length, 0) / Math.max(1, fields.length),
    interfaces: type.getInterfaces().length,
    ...(isInterfaceType(type) && { possibleTypes: schema.getPossibleTypes(type).length }),
  }
}
