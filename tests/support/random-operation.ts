import {
  GraphQLBoolean as BOOLEAN,
  type GraphQLAbstractType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import type { Random } from './random.js'

export interface RandomOperation {
  query: string
  operationName: string
  /** Several sets of variables. Variables may be missing from each set. */
  variables: Record<string, unknown>[]
}

/** What an operation may contain in addition to fields, arguments and variables. */
export interface Features {
  directives: boolean
  /** Variables inside literal input objects and lists. */
  nestedVariables: boolean
  /** `$x: T! = default` */
  nonNullDefaults: boolean
}

interface Variable {
  name: string
  type: GraphQLInputType
  declaration: string
}

/** A type that selections are made of. */
type FieldsType = GraphQLCompositeType

interface Fragment {
  name: string
  type: FieldsType
  text: string
}

const MAX_DEPTH = 4
const VARIABLE_SETS = 4

const SCALARS: Record<string, readonly unknown[]> = {
  Int: [0, 1, 7, 100],
  Boolean: [true, false],
  ID: ['1', '55'],
  String: ['', 'a text', 'EUR'],
  DateTime: ['2026-05-01T10:00:00.000Z'],
  JSONObject: [{ a: 1 }],
  URL: ['https://example.com/'],
  MinorUnits: [0, 500],
  CurrencyCode: ['USD'],
  CountryCode: ['DE'],
  Date: ['2026-05-01'],
}

/** Generates an operation that is valid against a schema, except for rare conflicts between fields. */
export function randomOperation(schema: GraphQLSchema, random: Random, features: Features): RandomOperation {
  return new OperationWriter(schema, random, features).operation()
}

class OperationWriter {
  readonly #schema: GraphQLSchema
  readonly #random: Random
  readonly #features: Features
  readonly #variables: Variable[] = []
  readonly #fragments: Fragment[] = []
  #aliases = 0

  constructor(schema: GraphQLSchema, random: Random, features: Features) {
    this.#schema = schema
    this.#random = random
    this.#features = features
  }

  operation(): RandomOperation {
    const kind = this.#random.chance(0.2) ? 'mutation' : 'query'
    const root = kind === 'mutation' ? this.#schema.getMutationType() : this.#schema.getQueryType()
    if (!root) throw new Error(`the schema has no ${kind} type`)
    const selections = this.#selections(root, 0)
    const declarations = this.#variables.map(({ declaration }) => declaration).join(', ')
    const operation = `${kind} Random${declarations && `(${declarations})`} ${selections}`
    // A second operation shows that engines execute the named one.
    const other = this.#random.chance(0.2) ? 'query Other { billingEnabled }' : ''
    return {
      query: [operation, other, ...this.#fragments.map(({ text }) => text)].join('\n'),
      operationName: 'Random',
      variables: Array.from({ length: VARIABLE_SETS }, () => this.#values()),
    }
  }

  #selections(type: FieldsType, depth: number): string {
    const fields = (isUnionType(type) ? [] : Object.values(type.getFields()))
      // The fields of federation have tests of their own.
      .filter(({ name }) => !name.startsWith('_'))
      .filter((field) => depth < MAX_DEPTH || !hasFields(getNamedType(field.type)))
    const count = depth === 0 ? 1 + this.#random.below(2) : 1 + this.#random.below(4)
    const parts = Array.from({ length: count }, () => this.#selection(type, fields, depth))
    return `{ ${parts.join(' ')} }`
  }

  #selection(type: FieldsType, fields: GraphQLField<unknown, unknown>[], depth: number): string {
    if (isAbstractType(type) && depth < MAX_DEPTH && this.#random.chance(0.7)) return this.#fragmentOnObject(type, depth)
    const abstract = depth === 0 && this.#random.chance(0.15) ? fields.filter((field) => isAbstractType(getNamedType(field.type))) : []
    if (abstract.length > 0) return this.#field(this.#random.pick(abstract), depth)
    if (fields.length === 0 || this.#random.chance(0.05)) return `${this.#alias(0.3)}__typename${this.#directive()}`
    if (depth < MAX_DEPTH && this.#random.chance(0.12)) return this.#spread(type, depth)
    if (depth < MAX_DEPTH && this.#random.chance(0.06)) {
      const [implemented] = isObjectType(type) ? type.getInterfaces() : []
      if (implemented && this.#random.chance(0.5)) return `... on ${implemented.name} ${this.#selections(implemented, depth + 1)}`
      return `... ${this.#random.chance(0.5) ? `on ${type.name}` : ''}${this.#directive()} ${this.#selections(type, depth + 1)}`
    }
    return this.#field(this.#random.pick(fields), depth)
  }

  /** A fragment on one of the possible types of an interface or a union, which is rarely that of the result. */
  #fragmentOnObject(type: GraphQLAbstractType, depth: number): string {
    const object = this.#random.pick(this.#schema.getPossibleTypes(type))
    if (this.#random.chance(0.3)) return this.#spread(object, depth)
    return `... on ${object.name}${this.#directive()} ${this.#selections(object, depth + 1)}`
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = this.#arguments(field.args)
    // Fields with arguments always have an alias, so that they never conflict.
    const alias = this.#alias(args ? 1 : 0.2)
    const named = getNamedType(field.type)
    const inner = hasFields(named) ? ` ${this.#selections(named, depth + 1)}` : ''
    const text = `${alias}${field.name}${args && `(${args})`}${this.#directive()}${inner}`
    // The same field twice, so that engines must merge it.
    return this.#random.chance(0.05) ? `${text} ${text}` : text
  }

  #spread(type: FieldsType, depth: number): string {
    const existing = this.#fragments.filter((fragment) => fragment.type === type)
    const fragment = existing.length > 0 && this.#random.chance(0.7) ? this.#random.pick(existing) : this.#newFragment(type, depth)
    const spread = () => `...${fragment.name}${this.#directive()}`
    return this.#random.chance(0.3) ? `${spread()} ${spread()}` : spread()
  }

  #newFragment(type: FieldsType, depth: number): Fragment {
    const selections = this.#selections(type, depth + 1)
    const name = `F${this.#fragments.length}`
    const fragment = { name, type, text: `fragment ${name} on ${type.name} ${selections}` }
    this.#fragments.push(fragment)
    return fragment
  }

  #alias(probability: number): string {
    if (!this.#random.chance(probability)) return ''
    this.#aliases += 1
    return `a${this.#aliases}: `
  }

  #directive(): string {
    if (!this.#features.directives || !this.#random.chance(0.15)) return ''
    const condition = this.#random.chance(0.7) ? this.#booleanVariable() : this.#random.pick(['true', 'false'])
    return ` @${this.#random.pick(['skip', 'include'])}(if: ${condition})`
  }

  /** A variable that directives share, so that conditions contradict each other. */
  #booleanVariable(): string {
    const existing = this.#variables.filter(({ declaration }) => declaration.endsWith(': Boolean!'))
    if (existing.length > 0 && this.#random.chance(0.7)) return `$${this.#random.pick(existing).name}`
    return this.#declare('Boolean!', BOOLEAN, undefined)
  }

  #declare(declared: string, type: GraphQLInputType, defaultValue: string | undefined): string {
    const name = `v${this.#variables.length}`
    this.#variables.push({ name, type, declaration: `$${name}: ${declared}${defaultValue === undefined ? '' : ` = ${defaultValue}`}` })
    return `$${name}`
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    return args
      .filter(({ type }) => isNonNullType(type) || this.#random.chance(0.5))
      .map(({ name, type }) => `${name}: ${this.#value(type, 0)}`)
      .join(', ')
  }

  /** A literal, or a variable. */
  #value(type: GraphQLInputType, depth: number): string {
    const mayBeVariable = depth === 0 || this.#features.nestedVariables
    if (mayBeVariable && this.#random.chance(depth === 0 ? 0.6 : 0.3)) return this.#variable(type)
    return this.#literal(type, depth)
  }

  #variable(type: GraphQLInputType): string {
    const nullable = isNonNullType(type) ? type.ofType : type
    const chance = this.#random.next()
    // A nullable variable with a default may stand where null is not allowed.
    if (chance < 0.25) return this.#declare(String(nullable), nullable, this.#constant(nullable))
    if (chance < 0.4 && this.#features.nonNullDefaults) return this.#declare(`${nullable}!`, type, this.#constant(nullable))
    return this.#declare(isNonNullType(type) || this.#random.chance(0.2) ? `${nullable}!` : String(nullable), type, undefined)
  }

  #constant(type: GraphQLInputType): string {
    return toLiteral(this.#json(type, 0), type)
  }

  #literal(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.#literal(type.ofType, depth)
    if (isListType(type)) return `[${Array.from({ length: this.#random.below(3) }, () => this.#value(type.ofType, depth + 1)).join(', ')}]`
    if (!isInputObjectType(type)) return this.#constant(type)
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || this.#random.chance(0.4))
    return `{ ${fields.map((field) => `${field.name}: ${this.#value(field.type, depth + 1)}`).join(', ')} }`
  }

  #json(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#json(type.ofType, depth)
    if (isListType(type)) return Array.from({ length: this.#random.below(3) }, () => this.#json(type.ofType, depth + 1))
    if (isEnumType(type)) return this.#random.pick(type.getValues()).name
    if (!isInputObjectType(type)) return this.#random.pick(SCALARS[type.name] ?? [])
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || this.#random.chance(0.4))
    return Object.fromEntries(fields.map((field) => [field.name, this.#json(field.type, depth + 1)]))
  }

  /** Values for the variables. Some are missing, null or invalid. */
  #values(): Record<string, unknown> {
    const entries = this.#variables.flatMap(({ name, type, declaration }): [string, unknown][] => {
      const isRequired = declaration.endsWith('!')
      const chance = this.#random.next()
      if (chance < (isRequired ? 0.01 : 0.3)) return []
      if (chance < (isRequired ? 0.02 : 0.4)) return [[name, null]]
      if (chance > 0.99) return [[name, { wrong: true }]]
      return [[name, this.#json(type, 0)]]
    })
    return Object.fromEntries(entries)
  }
}

function hasFields(type: unknown): type is FieldsType {
  return isCompositeType(type)
}

function toLiteral(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return toLiteral(value, type.ofType)
  if (isListType(type)) return `[${(value as unknown[]).map((each) => toLiteral(each, type.ofType)).join(', ')}]`
  if (isEnumType(type)) return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = isInputObjectType(type) ? type.getFields() : undefined
  const entries = Object.entries(value).map(([name, each]) => {
    const field = fields?.[name]
    return `${name}: ${field ? toLiteral(each, field.type) : JSON.stringify(each)}`
  })
  return `{ ${entries.join(', ')} }`
}
