import { type FieldNode, type GraphQLField, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql'
import { tooComplexError } from './too-complex-error.js'

export interface Introspection {
  readonly field: GraphQLField<unknown, unknown>
  /** How often one operation may select it, fragments included. */
  readonly maximum: number
  /** Points, in addition to those of its selections. */
  readonly price: number
}

const INTROSPECTION_FIELDS: Readonly<Record<string, Introspection>> = {
  __schema: { field: SchemaMetaFieldDef, maximum: 1, price: 100 },
  __type: { field: TypeMetaFieldDef, maximum: 5, price: 10 },
}

/** Introspection reads from memory, so this number of objects costs one point. */
const OBJECTS_PER_POINT = 50
/** The approximate number of types in the schema. */
const SCHEMA_TYPE_COUNT = 100
/** The assumed size of every other list: fields of a type, arguments of a field, values of an enum. */
const DEFAULT_INTROSPECTION_LIST_SIZE = 5

/** @returns the introspection field that a root field selects, if it is one */
export function findIntrospection({ name }: FieldNode): Introspection | undefined {
  return Object.hasOwn(INTROSPECTION_FIELDS, name.value) ? INTROSPECTION_FIELDS[name.value] : undefined
}

/**
 * Counts a field.
 * @param counts  how often the operation has selected each of them so far
 * @throws QUERY_TOO_COMPLEX
 */
export function assertFewIntrospections({ field: { name }, maximum }: Introspection, counts: Map<string, number>): void {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  if (count <= maximum) return
  throw tooComplexError(`The operation selects ${name} more than ${maximum === 1 ? 'once' : `${maximum} times`}; remove the duplicates`)
}

/** @param objects  the number of objects that it can read */
export function introspectionCost({ price }: Introspection, objects: number): number {
  return price + Math.ceil(objects / OBJECTS_PER_POINT)
}

/** @param name  a list field of an introspection type */
export function introspectionListSize(name: string): number {
  return name === 'types' ? SCHEMA_TYPE_COUNT : DEFAULT_INTROSPECTION_LIST_SIZE
}
