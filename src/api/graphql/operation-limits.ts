import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { DomainError } from '../../core/errors.js'
import { QUERY_TOO_COMPLEX } from './graphql.errors.js'

export const MAX_TOKENS = 4000
/**
 * Comparisons of two selections: to find conflicting fields, validation compares all pairs with the same
 * response name.
 */
const MAX_COMPARISONS = 10_000
/** A fragment counts each time it is spread, because a short text can expand to a huge one. */
export const MAX_SELECTIONS = 20_000
const CHARACTERS_PER_POINT = 200
const MAX_CACHED_CHARACTERS = 4_194_304

/**
 * The cost of parsing and validating an operation, points: consumed in advance, and part of the operation's
 * cost.
 */
export function parsingCost(text: string): number {
  return 1 + Math.floor(text.length / CHARACTERS_PER_POINT)
}

/** Texts that passed the check. */
const acceptedOperations = new LRUCache<string, true>({
  maxSize: MAX_CACHED_CHARACTERS,
  sizeCalculation: (_value, text) => text.length + 1,
})

/**
 * Refuses a text that is short but expensive to validate. A text that does not parse passes: the GraphQL
 * server reports its syntax error with the location.
 * @throws QUERY_TOO_COMPLEX
 */
export function assertCheapValidation(text: string): void {
  if (acceptedOperations.has(text)) return
  const document = parseIfPossible(text)
  if (!document) return
  assertFewComparisons(document)
  acceptedOperations.set(text, true)
}

function parseIfPossible(text: string): DocumentNode | undefined {
  try {
    return parse(text, { maxTokens: MAX_TOKENS, noLocation: true })
  } catch {
    return undefined
  }
}

/** @throws QUERY_TOO_COMPLEX */
export function assertFewComparisons({ definitions }: DocumentNode): void {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const counter = new SelectionCounter(new Map(fragments.map((fragment) => [fragment.name.value, fragment])))
  for (const definition of definitions) if (definition.kind === Kind.OPERATION_DEFINITION) counter.count(definition.selectionSet)
  // Unused fragments are validated as well.
  for (const { name, selectionSet } of fragments) if (!counter.spread.has(name.value)) counter.count(selectionSet)
}

/** The selections at one place of the response, by response name. */
interface SelectionScope {
  readonly counts: Map<string, number>
  readonly below: Map<string, SelectionScope>
}

const createScope = (): SelectionScope => ({ counts: new Map(), below: new Map() })

class SelectionCounter {
  /** Names of the fragments that have been spread. */
  readonly spread = new Set<string>()
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #expanding = new Set<string>()
  #comparisons = 0
  #selections = 0

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments
  }

  /** @throws QUERY_TOO_COMPLEX */
  count({ selections }: SelectionSetNode, scope = createScope()): void {
    for (const selection of selections) this.#countSelection(selection, scope)
  }

  #countSelection(selection: SelectionNode, scope: SelectionScope): void {
    this.#selections += 1
    if (this.#selections > MAX_SELECTIONS)
      throw tooManyComparisonsError(`The operation expands to more than ${MAX_SELECTIONS} selections; use fewer fragments`)
    if (selection.kind === Kind.INLINE_FRAGMENT) this.count(selection.selectionSet, scope)
    else if (selection.kind === Kind.FRAGMENT_SPREAD) this.#countSpread(selection.name.value, scope)
    else this.#countField(selection, scope)
  }

  #countField({ alias, name, selectionSet }: FieldNode, scope: SelectionScope): void {
    const key = (alias ?? name).value
    this.#compare(key, scope)
    if (!selectionSet) return
    const below = scope.below.get(key) ?? createScope()
    scope.below.set(key, below)
    this.count(selectionSet, below)
  }

  #countSpread(name: string, scope: SelectionScope): void {
    // Validation compares all fragments at one place with each other, whatever their names are.
    this.#compare('...', scope)
    this.spread.add(name)
    const fragment = this.#fragments.get(name)
    // Validation refuses a fragment that spreads itself.
    if (!fragment || this.#expanding.has(name)) return
    this.#expanding.add(name)
    this.count(fragment.selectionSet, scope)
    this.#expanding.delete(name)
  }

  #compare(name: string, scope: SelectionScope): void {
    const others = scope.counts.get(name) ?? 0
    scope.counts.set(name, others + 1)
    this.#comparisons += others
    if (this.#comparisons > MAX_COMPARISONS)
      throw tooManyComparisonsError('The operation selects the same fields or fragments too often at one place; remove the duplicates')
  }
}

function tooManyComparisonsError(message: string): DomainError {
  return new DomainError(QUERY_TOO_COMPLEX, message)
}
