import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql'
import { BAD_USER_INPUT, DomainError } from '../../src/core/errors.js'
import { ORDER_NOT_FOUND } from '../../src/modules/orders/order.errors.js'
import { hashOf, Random } from './random.js'

/** A call of a resolver. */
export interface MockCall {
  /** The object, the field and the arguments. */
  text: string
  /** Where its result belongs in the response, such as `orders/nodes/0/invoice`. */
  path: string
  field: GraphQLField<unknown, unknown>
  node: FieldNode
  args: object
  /** Whether graphql-jit made the call. Only graphql-js adds the name of the type to the path. */
  isCompiled: boolean
}

/** The context of an operation with mock resolvers. Their results depend only on it. */
export interface MockContext {
  seed: number
  /** The probability that a value is a fault. */
  faults: number
  calls: MockCall[]
  schema: GraphQLSchema
}

const VALUES: Record<string, readonly unknown[]> = {
  Int: [0, -1, 7],
  Boolean: [true, false],
  ID: ['1', 55],
  String: ['', 'a text'],
  DateTime: [new Date('2026-05-01T10:00:00.000Z')],
  JSONObject: [{ a: { b: [1] } }],
  URL: ['https://example.com/'],
  MinorUnits: [0, 500],
  CurrencyCode: ['USD'],
  CountryCode: ['DE'],
  Date: ['2026-05-01'],
  Decimal: ['3.333333'],
}

const KEY = Symbol('key')

interface MockObject {
  [KEY]: string
}

/** Replaces all resolvers of fields by mocks. Fields without a resolver are properties of the results. */
export function installMockResolvers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (field.resolve && field.resolve !== defaultFieldResolver) field.resolve = resolveMock
    }
  }
}

function resolveMock(
  source: unknown,
  args: object,
  context: MockContext,
  { parentType, fieldName, fieldNodes, returnType, path }: GraphQLResolveInfo,
): unknown {
  const text = `${keyOf(source)}/${parentType.name}.${fieldName}${argumentsText(args)}`
  const [node] = fieldNodes
  const field = parentType.getFields()[fieldName]
  if (!node || !field) throw new Error(`unknown field ${parentType.name}.${fieldName}`)
  context.calls.push({ text, path: responsePathAsArray(path).join('/'), field, node, args, isCompiled: !('typename' in path) })
  return resultOf(returnType, text, context)
}

/** Arguments as a text that is the same for the same values. */
export function argumentsText(args: object): string {
  return JSON.stringify(args, replaceValue)
}

function keyOf(source: unknown): string {
  return (source as MockObject | undefined)?.[KEY] ?? ''
}

/** Sorts keys, and distinguishes null, undefined and absent properties. */
function replaceValue(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `bigint ${value}`
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/**
 * The result of a resolver, synchronous or as a promise. With faults, all resolvers of an operation
 * are of the same kind, because graphql-js leaves a rejection unhandled when an item of a list
 * throws while another one is pending.
 */
function resultOf(type: GraphQLOutputType, key: string, context: MockContext): unknown {
  const random = new Random(hashOf(`${context.seed} ${key}`))
  const isAsync = context.faults > 0 ? context.seed % 2 === 0 : random.chance(0.4)
  const value = randomValue(type, key, random, context)
  const isThrown = value instanceof Error && random.chance(0.8)
  if (isAsync) return isThrown ? Promise.reject(value) : Promise.resolve(value)
  if (isThrown) throw value
  return value
}

/** A value of the type or, with the configured probability, a fault. */
function randomValue(type: GraphQLOutputType, key: string, random: Random, context: MockContext): unknown {
  return random.chance(context.faults) ? faultOf(key, random) : validValue(type, key, random, context)
}

/** An error to throw or return, null for a required value, or a value of a wrong type. */
function faultOf(key: string, random: Random): unknown {
  const kind = random.below(5)
  if (kind === 0) return new Error(`broken: ${key}`)
  if (kind === 1) return new DomainError(ORDER_NOT_FOUND, `Order ${hashOf(key)} does not exist`)
  if (kind === 2) return new DomainError(BAD_USER_INPUT, 'input.id: must be a number', { field: 'input.id' })
  return kind === 3 ? null : { wrong: true }
}

function validValue(type: GraphQLOutputType, key: string, random: Random, context: MockContext): unknown {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (nullable === type && random.chance(0.05)) return null
  return validNonNullValue(nullable, key, random, context)
}

function validNonNullValue(type: GraphQLOutputType, key: string, random: Random, context: MockContext): unknown {
  if (isListType(type)) {
    return Array.from({ length: random.below(4) }, (_, index) => {
      const item = randomValue(type.ofType, `${key}[${index}]`, random, context)
      return context.seed % 2 === 0 ? Promise.resolve(item) : item
    })
  }
  if (isEnumType(type)) return random.pick(type.getValues()).value
  if (isAbstractType(type)) return objectOf(random.pick(context.schema.getPossibleTypes(type)), key, context)
  if (isObjectType(type)) return objectOf(type, key, context)
  return random.pick(VALUES[getNamedType(type).name] ?? [])
}

/** Creates an object whose properties are computed when they are read, because types refer to each other. */
function objectOf(type: GraphQLObjectType, key: string, context: MockContext): MockObject {
  const object = { [KEY]: key, __typename: type.name }
  for (const { name, type: fieldType } of Object.values(type.getFields())) {
    const property = `${key}.${name}`
    const get = () => {
      const random = new Random(hashOf(`${context.seed} ${property}`))
      return context.seed % 2 === 0 ? validValue(fieldType, property, random, context) : randomValue(fieldType, property, random, context)
    }
    Object.defineProperty(object, name, { enumerable: true, get })
  }
  return object
}
