import { type FieldNode, type GraphQLField, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql'
import { tooComplexError } from './too-complex-error.js'

export interface Introspection {
  readonly field: GraphQLField<unknown, unknown>
  /** How often one operation may have it, also through fragments. */
  readonly maximum: number
  /** Points, beside what is selected. */
  readonly price: number
}

const INTROSPECTION_FIELDS: Readonly<Record<string, Introspection>> = {
  __schema: { field: SchemaMetaFieldDef, maximum: 1, price: 100 },
  __type: { field: TypeMetaFieldDef, maximum: 5, price: 10 },
}

/** What describes the schema is in memory: so many objects of it are a point. */
const OBJECTS_PER_POINT = 50
/** About as many types as the schema has. */
const TYPE_COUNT_FIELDS = 100
/** Of everything else: fields of a type, arguments of a field, values of an enum. */
const DEFAULT_LIST_SIZE = 5

/** @returns what a field at the root asks of the schema, if that is what it does */
export function findIntrospection({ name }: FieldNode): Introspection | undefined {
  return Object.hasOwn(INTROSPECTION_FIELDS, name.value) ? INTROSPECTION_FIELDS[name.value] : undefined
}

/** Counts a field. @param counts  how often the operation has had each of them @throws QUERY_TOO_COMPLEX */
export function assertFewIntrospections({ field: { name }, maximum }: Introspection, counts: Map<string, number>): void {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  if (count <= maximum) return
  throw tooComplexError(`The operation has ${name} more than ${maximum === 1 ? 'once' : `${maximum} times`}; remove the others`)
}

/** @param objects  that it may read */
export function introspectionCost({ price }: Introspection, objects: number): number {
  return price + Math.ceil(objects / OBJECTS_PER_POINT)
}

/** @param name  of a list that describes the schema */
export function introspectionListSize(name: string): number {
  return name === 'types' ? TYPE_COUNT_FIELDS : DEFAULT_LIST_SIZE
}
