import { type FieldNode, type GraphQLField, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql'
import { tooComplex } from './too-complex-error.js'

export interface Introspection {
  readonly field: GraphQLField<unknown, unknown>
  /** How often one operation may have it, also through fragments. */
  readonly maximum: number
  /** Points, beside what is selected. */
  readonly price: number
}

const INTROSPECTIONS: Readonly<Record<string, Introspection>> = {
  __schema: { field: SchemaMetaFieldDef, maximum: 1, price: 100 },
  __type: { field: TypeMetaFieldDef, maximum: 5, price: 10 },
}

/** What describes the schema is in memory: so many objects of it are a point. */
const OBJECTS_PER_POINT = 50
/** About as many types as the schema has. */
const TYPES = 100
/** Of everything else: fields of a type, arguments of a field, values of an enum. */
const USUAL_LIST = 5

/** @returns what a field at the root asks of the schema, if that is what it does */
export function introspectionOf({ name }: FieldNode): Introspection | undefined {
  return Object.hasOwn(INTROSPECTIONS, name.value) ? INTROSPECTIONS[name.value] : undefined
}

/** Counts a field. @param counts  how often the operation has had each of them @throws QUERY_TOO_COMPLEX */
export function requireFew({ field: { name }, maximum }: Introspection, counts: Map<string, number>): void {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  if (count <= maximum) return
  throw tooComplex(`The operation has ${name} more than ${maximum === 1 ? 'once' : `${maximum} times`}; remove the others`)
}

/** @param objects  that it may read */
export function priceOf({ price }: Introspection, objects: number): number {
  return price + Math.ceil(objects / OBJECTS_PER_POINT)
}

/** @param name  of a list that describes the schema */
export function listSizeOf(name: string): number {
  return name === 'types' ? TYPES : USUAL_LIST
}
