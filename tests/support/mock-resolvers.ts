import {
  defaultFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { DomainError } from '../../src/core/errors.js'
import { hashOf, Random } from './random.js'

/** The context of an operation whose resolvers are mocks: what they return depends on nothing but it. */
export interface MockContext {
  seed: number
  /** How often a value is a failure instead. */
  faults: number
  /** Every call of a resolver: of which object, which field, with which arguments. */
  calls: string[]
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
}

const KEY = Symbol('key')

interface MockObject {
  [KEY]: string
}

/** Replaces the resolvers of every field that has one by mocks. Other fields are properties of what those return. */
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
  { parentType, fieldName, returnType }: GraphQLResolveInfo,
): unknown {
  const call = `${keyOf(source)}/${parentType.name}.${fieldName}${JSON.stringify(args, canonical)}`
  context.calls.push(call)
  return resultOf(returnType, call, context)
}

function keyOf(source: unknown): string {
  return (source as MockObject | undefined)?.[KEY] ?? ''
}

/** Null, undefined and an absent property are three different things. */
function canonical(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `bigint ${value}`
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/**
 * What a resolver returns, at once or later. Where there are faults, all resolvers of an operation do the same: graphql-js leaves a
 * rejection unhandled when an item of a list fails at once while another one is still pending.
 */
function resultOf(type: GraphQLOutputType, key: string, context: MockContext): unknown {
  const random = new Random(hashOf(`${context.seed} ${key}`))
  const isLater = context.faults > 0 ? context.seed % 2 === 0 : random.chance(0.4)
  const value = randomValue(type, key, random, context)
  const isThrown = value instanceof Error && random.chance(0.8)
  if (isLater) return isThrown ? Promise.reject(value) : Promise.resolve(value)
  if (isThrown) throw value
  return value
}

/** Usually a value of the type, sometimes a fault. */
function randomValue(type: GraphQLOutputType, key: string, random: Random, context: MockContext): unknown {
  return random.chance(context.faults) ? faultOf(key, random) : soundValue(type, key, random, context)
}

/** An error to be thrown or returned, null where something is required, or a value of the wrong kind. */
function faultOf(key: string, random: Random): unknown {
  const kind = random.below(5)
  if (kind === 0) return new Error(`broken: ${key}`)
  if (kind === 1) return new DomainError('ORDER_NOT_FOUND', `There is no order ${hashOf(key)}`)
  if (kind === 2) return new DomainError('BAD_USER_INPUT', 'input.id: must be a number', { field: 'input.id' })
  return kind === 3 ? null : { wrong: true }
}

function soundValue(type: GraphQLOutputType, key: string, random: Random, context: MockContext): unknown {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (nullable === type && random.chance(0.05)) return null
  return soundPresentValue(nullable, key, random, context)
}

function soundPresentValue(type: GraphQLOutputType, key: string, random: Random, context: MockContext): unknown {
  if (isListType(type)) {
    return Array.from({ length: random.below(4) }, (_, index) => {
      const item = randomValue(type.ofType, `${key}[${index}]`, random, context)
      return context.seed % 2 === 0 ? Promise.resolve(item) : item
    })
  }
  if (isEnumType(type)) return random.pick(type.getValues()).value
  if (isObjectType(type)) return objectOf(type, key, context)
  return random.pick(VALUES[getNamedType(type).name] ?? [])
}

/** Its properties are made when they are read, for types refer to each other. They are plain values: only resolvers compute. */
function objectOf(type: GraphQLObjectType, key: string, context: MockContext): MockObject {
  const object = { [KEY]: key }
  for (const { name, type: fieldType } of Object.values(type.getFields())) {
    const property = `${key}.${name}`
    const get = () => {
      const random = new Random(hashOf(`${context.seed} ${property}`))
      return context.seed % 2 === 0 ? soundValue(fieldType, property, random, context) : randomValue(fieldType, property, random, context)
    }
    Object.defineProperty(object, name, { enumerable: true, get })
  }
  return object
}
