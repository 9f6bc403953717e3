import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { DEFAULT_PAGE_SIZE } from '../../core/pagination.js'
import { CACHEABLE } from '../../modules/catalog/index.js'
import {
  assertFewIntrospections,
  findIntrospection,
  type Introspection,
  introspectionCost,
  introspectionLengths,
  isCounted,
  isSubgraphText,
  type ListLengths,
  lengthsBelow,
  listLength,
  SUBGRAPH_TEXT,
} from './introspection-cost.js'
import { MAX_SELECTIONS } from './operation-limits.js'
import { tooComplexError } from './too-complex-error.js'

/**
 * Points. Every object that an operation can read costs one point, a mutation ten, and any operation at least
 * one.
 */
export const MAX_COST = 10_000
const MIN_COST = 1
const MUTATION_COST = 10
/**
 * The assumed size of a list without pages, such as the members of an organisation or the items of an order.
 */
const DEFAULT_LIST_SIZE = 10
/** The price of `totalCount`, which counts a whole list. */
const COUNT_COST = 10
/** Arguments that name the objects of a list. */
const LISTS_OF_OBJECTS = new Set(['ids', 'representations'])
const MAX_SELECTION_DEPTH = 15
const MAX_ALIASES = 50
const MAX_DIRECTIVES = 50
const MAX_ROOT_FIELDS = 50

const [CATALOG_MARKER = ''] = Object.keys(CACHEABLE)

interface OperationToCheck {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  variables: Readonly<Record<string, unknown>>
  /**
   * The highest cost that is accepted, points. A principal with a smaller bucket could never pay for more.
   */
  maximum: number
}

export interface OperationCost {
  cost: number
  /** Whether it selects the schema. */
  introspects: boolean
  /** Whether it selects only fields of the catalog. */
  isCatalog: boolean
}

/** Keyed by the parsed operation, which is the same object while Apollo caches its document. */
const costCache = new WeakMap<OperationDefinitionNode, OperationCost>()

/**
 * Calculates the cost of a valid operation before it runs. A page size counts equally as a literal, as a
 * variable and as the default of a variable.
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function analyzeOperation(input: OperationToCheck): OperationCost {
  const { operation, maximum } = input
  const isConstant = !operation.variableDefinitions?.length
  const analysis = (isConstant && costCache.get(operation)) || measureOperation(input)
  if (isConstant) costCache.set(operation, analysis)
  if (analysis.cost > maximum) {
    throw tooComplexError(
      `The operation costs ${analysis.cost} points, more than the maximum of ${maximum}: request smaller pages or fewer fields`,
    )
  }
  return analysis
}

function measureOperation({ schema, document, operation, variables }: OperationToCheck): OperationCost {
  const root = schema.getRootType(operation.operation)
  if (!root) return { cost: MIN_COST, introspects: false, isCatalog: false }
  const visitor = new CostVisitor(schema, fragmentsOf(document), withDefaults(operation, variables))
  const cost = visitor.costOf(operation.selectionSet, root, { depth: 1, pageSize: DEFAULT_LIST_SIZE, isRoot: true })
  const rootCost = operation.operation === 'mutation' ? visitor.rootFields * MUTATION_COST : 0
  return { cost: Math.max(MIN_COST, cost + rootCost), introspects: visitor.introspects, isCatalog: visitor.isCatalog }
}

function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  )
}

/** The variables, with the defaults of those that can be a page size or a list of ids. */
function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: OperationToCheck['variables'],
): OperationToCheck['variables'] {
  const defaults = variableDefinitions.flatMap(({ variable: { name }, defaultValue }): [string, unknown][] => {
    if (variables[name.value] !== undefined) return []
    if (defaultValue?.kind === Kind.INT) return [[name.value, Number(defaultValue.value)]]
    return defaultValue?.kind === Kind.LIST ? [[name.value, defaultValue.values]] : []
  })
  return defaults.length > 0 ? { ...variables, ...Object.fromEntries(defaults) } : variables
}

interface CostScope {
  depth: number
  /** The assumed number of entries of a list here; inside a connection, its page size. */
  pageSize: number
  isRoot: boolean
  /** The lengths of the lists of the schema; only below `__schema` and `__type`. */
  lengths?: ListLengths
  /** Levels of `ofType` above. */
  wrappers?: number
}

class CostVisitor {
  rootFields = 0
  introspects = false
  isCatalog = true
  readonly #introspected = new Map<string, number>()
  #aliases = 0
  #directives = 0
  #selections = 0
  readonly #schema: GraphQLSchema
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #variables: Readonly<Record<string, unknown>>

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema
    this.#fragments = fragments
    this.#variables = variables
  }

  costOf({ selections }: SelectionSetNode, type: GraphQLCompositeType, scope: CostScope): number {
    if (scope.depth > MAX_SELECTION_DEPTH) throw tooComplexError(`The operation is nested deeper than ${MAX_SELECTION_DEPTH} levels`)
    return selections.reduce((sum, selection) => sum + this.#costOfSelection(selection, type, scope), 0)
  }

  #assertWithinLimits(): void {
    if (this.#selections > MAX_SELECTIONS)
      throw tooComplexError(`The operation expands to more than ${MAX_SELECTIONS} selections; use fewer fragments`)
    if (this.#aliases > MAX_ALIASES) throw tooComplexError(`The operation has more than ${MAX_ALIASES} aliases`)
    if (this.#directives > MAX_DIRECTIVES) throw tooComplexError(`The operation has more than ${MAX_DIRECTIVES} directives`)
    if (this.rootFields > MAX_ROOT_FIELDS) throw tooComplexError(`The operation selects more than ${MAX_ROOT_FIELDS} root fields`)
  }

  #costOfSelection(selection: SelectionNode, type: GraphQLCompositeType, scope: CostScope): number {
    this.#selections += 1
    this.#directives += selection.directives?.length ?? 0
    this.#assertWithinLimits()
    if (selection.kind === Kind.FIELD) return this.#costOfField(selection, type, scope)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection
    if (!fragment) return 0
    const condition = fragment.typeCondition && this.#schema.getType(fragment.typeCondition.name.value)
    return this.costOf(fragment.selectionSet, isCompositeType(condition) ? condition : type, scope)
  }

  #costOfField(node: FieldNode, type: GraphQLCompositeType, scope: CostScope): number {
    const { isRoot } = scope
    if (isRoot) this.rootFields += 1
    if (node.alias) this.#aliases += 1
    this.#assertWithinLimits()
    const introspection = isRoot ? findIntrospection(node) : undefined
    if (isSubgraphText(node, type)) return this.#costOfSubgraphText()
    if (introspection) return this.#costOfIntrospection(node, introspection, scope)
    const field = isUnionType(type) ? undefined : type.getFields()[node.name.value]
    if (isRoot && !field?.extensions[CATALOG_MARKER]) this.isCatalog = false
    return field ? this.#costOfSelections(node, field, scope) : 0
  }

  #costOfSelections(node: FieldNode, field: GraphQLField<unknown, unknown>, scope: CostScope): number {
    const { selectionSet } = node
    if (field.name === 'totalCount') return COUNT_COST
    const child = getNamedType(field.type)
    if (!selectionSet || !isCompositeType(child)) return 0
    const page = this.#pageSizeOf(node, field)
    const { depth, pageSize, lengths, wrappers = 0 } = scope
    const isList = isListType(getNullableType(field.type))
    // The page size of a connection is that of its lists; the length of a list says nothing about those below it.
    const below = { depth: depth + 1, pageSize: isList ? DEFAULT_LIST_SIZE : (page ?? DEFAULT_LIST_SIZE), isRoot: false }
    if (!lengths) return (isList ? (page ?? pageSize) : 1) * (1 + this.costOf(selectionSet, child, below))
    const { name } = field
    const inner = this.costOf(selectionSet, child, {
      ...below,
      lengths: lengthsBelow(name, lengths, this.#schema),
      wrappers: name === 'ofType' ? wrappers + 1 : 0,
    })
    return (isList ? listLength(name, lengths) : 1) * (inner + (isCounted(name, wrappers) ? 1 : 0))
  }

  #costOfSubgraphText(): number {
    this.introspects = true
    assertFewIntrospections(SUBGRAPH_TEXT, this.#introspected)
    return SUBGRAPH_TEXT.price
  }

  #costOfIntrospection(node: FieldNode, introspection: Introspection, scope: CostScope): number {
    this.introspects = true
    this.isCatalog = false
    assertFewIntrospections(introspection, this.#introspected)
    return introspectionCost(
      introspection,
      this.#costOfSelections(node, introspection.field, { ...scope, lengths: introspectionLengths(node, this.#schema) }),
    )
  }

  /**
   * The number of `ids` or `representations`, the value of `first` or `last`, or the default page size; undefined for a field without these
   * arguments.
   */
  #pageSizeOf({ arguments: given }: FieldNode, { args }: GraphQLField<unknown, unknown>): number | undefined {
    const ids = given?.find(({ name }) => LISTS_OF_OBJECTS.has(name.value))?.value
    if (ids) return Math.max(1, this.#countValues(ids))
    if (!args.some(({ name }) => name === 'first')) return undefined
    for (const argument of given ?? []) {
      if (argument.name.value !== 'first' && argument.name.value !== 'last') continue
      const { value } = argument
      const size =
        value.kind === Kind.INT ? Number(value.value) : value.kind === Kind.VARIABLE ? this.#variables[value.name.value] : undefined
      if (typeof size === 'number') return Math.max(1, size)
    }
    return DEFAULT_PAGE_SIZE
  }

  #countValues(list: ValueNode): number {
    if (list.kind === Kind.LIST) return list.values.length
    const value = list.kind === Kind.VARIABLE ? this.#variables[list.name.value] : undefined
    return Array.isArray(value) ? value.length : 1
  }
}
