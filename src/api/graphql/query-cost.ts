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
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
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
  type ListLengths,
  lengthsBelow,
  listLength,
} from './introspection-cost.js'
import { tooComplexError } from './too-complex-error.js'

/** What one operation may cost: every object that it may read is a point, a mutation ten; asking at all is one. */
export const MAX_COST = 10_000
const MIN_COST = 1
const MUTATION_COST = 10
/** Of a list that is no page: the members of an organisation, the items of an order. */
const DEFAULT_LIST_SIZE = 10
const MAX_DEPTH = 15
const MAX_ALIASES = 50
const MAX_DIRECTIVES = 50
const MAX_ROOT_FIELDS = 50
/** Of fields and fragments, as often as they are spread: a short document can unfold to more than anybody can look at. */
const MAX_VISITS = 20_000

const [CATALOGUE_MARKER = ''] = Object.keys(CACHEABLE)

interface OperationToCheck {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  variables: Readonly<Record<string, unknown>>
  /** What it may cost at most: who has a smaller budget can never pay for more. */
  maximum: number
}

export interface OperationCost {
  cost: number
  /** Whether it asks for the schema. */
  introspects: boolean
  /** Whether it asks for nothing but plans. */
  isCatalogue: boolean
}

/** The same document is the same object for as long as Apollo caches it. */
const costCache = new WeakMap<OperationDefinitionNode, OperationCost>()

/**
 * Looks at a valid operation before it runs. A literal, a variable and the default of a variable count alike.
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function analyzeOperation(asked: OperationToCheck): OperationCost {
  const { operation, maximum } = asked
  const isAlwaysTheSame = !operation.variableDefinitions?.length
  const checked = (isAlwaysTheSame && costCache.get(operation)) || measureOperation(asked)
  if (isAlwaysTheSame) costCache.set(operation, checked)
  if (checked.cost > maximum) {
    throw tooComplexError(`The operation costs ${checked.cost} and ${maximum} is the most: ask for smaller pages or fewer fields`)
  }
  return checked
}

function measureOperation({ schema, document, operation, variables }: OperationToCheck): OperationCost {
  const root = schema.getRootType(operation.operation)
  if (!root) return { cost: MIN_COST, introspects: false, isCatalogue: false }
  const walk = new CostVisitor(schema, fragmentsOf(document), withDefaults(operation, variables))
  const cost = walk.costOf(operation.selectionSet, root, { depth: 1, pageSize: DEFAULT_LIST_SIZE, isRoot: true })
  const rootCost = operation.operation === 'mutation' ? walk.rootFields * MUTATION_COST : 0
  return { cost: Math.max(MIN_COST, cost + rootCost), introspects: walk.introspects, isCatalogue: walk.isCatalogue }
}

function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  )
}

/** The values of variables that can be the size of a page. */
function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: OperationToCheck['variables'],
): OperationToCheck['variables'] {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT && variables[variable.name.value] === undefined
      ? [[variable.name.value, Number(defaultValue.value)] as const]
      : [],
  )
  return defaults.length > 0 ? { ...variables, ...Object.fromEntries(defaults) } : variables
}

interface CostScope {
  depth: number
  /** How many entries lists have here: those of a connection are its page. */
  pageSize: number
  isRoot: boolean
  /** How long the lists of the schema are here; only below `__schema` and `__type`. */
  lengths?: ListLengths
  /** Levels of `ofType` above. */
  wrappers?: number
}

class CostVisitor {
  rootFields = 0
  introspects = false
  isCatalogue = true
  readonly #introspected = new Map<string, number>()
  #aliases = 0
  #directives = 0
  #visits = 0
  readonly #schema: GraphQLSchema
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #variables: Readonly<Record<string, unknown>>

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema
    this.#fragments = fragments
    this.#variables = variables
  }

  costOf({ selections }: SelectionSetNode, type: GraphQLCompositeType, place: CostScope): number {
    if (place.depth > MAX_DEPTH) throw tooComplexError(`The operation is nested deeper than ${MAX_DEPTH} levels`)
    return selections.reduce((sum, selection) => sum + this.#costOfSelection(selection, type, place), 0)
  }

  #refuseExcess(): void {
    if (this.#visits > MAX_VISITS) throw tooComplexError('The operation unfolds to too many fields')
    if (this.#aliases > MAX_ALIASES) throw tooComplexError(`The operation has more than ${MAX_ALIASES} aliases`)
    if (this.#directives > MAX_DIRECTIVES) throw tooComplexError(`The operation has more than ${MAX_DIRECTIVES} directives`)
    if (this.rootFields > MAX_ROOT_FIELDS) throw tooComplexError(`The operation asks for more than ${MAX_ROOT_FIELDS} things at once`)
  }

  #costOfSelection(selection: SelectionNode, type: GraphQLCompositeType, place: CostScope): number {
    this.#visits += 1
    this.#directives += selection.directives?.length ?? 0
    this.#refuseExcess()
    if (selection.kind === Kind.FIELD) return this.#costOfField(selection, type, place)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection
    return fragment ? this.costOf(fragment.selectionSet, type, place) : 0
  }

  #costOfField(node: FieldNode, type: GraphQLCompositeType, place: CostScope): number {
    const { isRoot } = place
    if (isRoot) this.rootFields += 1
    if (node.alias) this.#aliases += 1
    this.#refuseExcess()
    const introspection = isRoot ? findIntrospection(node) : undefined
    if (introspection) return this.#costOfIntrospection(node, introspection, place)
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined
    if (isRoot && !field?.extensions[CATALOGUE_MARKER]) this.isCatalogue = false
    return field ? this.#costOfSelections(node, field, place) : 0
  }

  #costOfSelections(node: FieldNode, field: GraphQLField<unknown, unknown>, place: CostScope): number {
    const { selectionSet } = node
    const child = getNamedType(field.type)
    if (!selectionSet || !isCompositeType(child)) return 0
    const asked = this.#pageOf(node, field)
    const { depth, pageSize, lengths, wrappers = 0 } = place
    const below = { depth: depth + 1, pageSize: asked ?? DEFAULT_LIST_SIZE, isRoot: false }
    const isList = isListType(getNullableType(field.type))
    if (!lengths) return (isList ? (asked ?? pageSize) : 1) * (1 + this.costOf(selectionSet, child, below))
    const { name } = field
    const inner = this.costOf(selectionSet, child, {
      ...below,
      lengths: lengthsBelow(name, lengths, this.#schema),
      wrappers: name === 'ofType' ? wrappers + 1 : 0,
    })
    return (isList ? listLength(name, lengths) : 1) * (inner + (isCounted(name, wrappers) ? 1 : 0))
  }

  #costOfIntrospection(node: FieldNode, introspection: Introspection, place: CostScope): number {
    this.introspects = true
    this.isCatalogue = false
    assertFewIntrospections(introspection, this.#introspected)
    return introspectionCost(
      introspection,
      this.#costOfSelections(node, introspection.field, { ...place, lengths: introspectionLengths(node, this.#schema) }),
    )
  }

  /** What `first` or `last` ask for; the default page where a field knows them; undefined where it does not. */
  #pageOf({ arguments: given }: FieldNode, { args }: GraphQLField<unknown, unknown>): number | undefined {
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
}
