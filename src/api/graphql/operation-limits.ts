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

export const MAX_TOKENS = 4000
/** Of two selections at one place each: validation compares those of one name, pair by pair, to find fields that conflict. */
const MAX_COMPARISONS = 10_000
/** Of all operations, fragments counted as often as they are spread. */
const MAX_SELECTIONS = 20_000
const CHARACTERS_PER_POINT = 200
const MAX_CACHED_CHARACTERS = 4_194_304

/** What reading and validating a document costs, points: paid before, and part of what the operation costs. */
export function parsingCost(text: string): number {
  return 1 + Math.floor(text.length / CHARACTERS_PER_POINT)
}

/** Texts that were cheap enough. */
const acceptedOperations = new LRUCache<string, true>({
  maxSize: MAX_CACHED_CHARACTERS,
  sizeCalculation: (_value, text) => text.length + 1,
})

/**
 * Refuses a document that is short, but expensive to validate. One that does not parse is left to those who report where.
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
  // Fragments that nobody spreads are validated as well.
  for (const { name, selectionSet } of fragments) if (!counter.spread.has(name.value)) counter.count(selectionSet)
}

/** What is selected at one place of the response, by its name there. */
interface SelectionScope {
  readonly counts: Map<string, number>
  readonly below: Map<string, SelectionScope>
}

const createScope = (): SelectionScope => ({ counts: new Map(), below: new Map() })

class SelectionCounter {
  /** Names of fragments that were met. */
  readonly spread = new Set<string>()
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #open = new Set<string>()
  #comparisons = 0
  #selections = 0

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments
  }

  /** @throws QUERY_TOO_COMPLEX */
  count({ selections }: SelectionSetNode, place = createScope()): void {
    for (const selection of selections) this.#countSelection(selection, place)
  }

  #countSelection(selection: SelectionNode, place: SelectionScope): void {
    this.#selections += 1
    if (this.#selections > MAX_SELECTIONS) throw tooManyComparisonsError('The document unfolds to too many fields')
    if (selection.kind === Kind.INLINE_FRAGMENT) this.count(selection.selectionSet, place)
    else if (selection.kind === Kind.FRAGMENT_SPREAD) this.#countSpread(selection.name.value, place)
    else this.#countField(selection, place)
  }

  #countField({ alias, name, selectionSet }: FieldNode, place: SelectionScope): void {
    const key = (alias ?? name).value
    this.#compare(key, place)
    if (!selectionSet) return
    const below = place.below.get(key) ?? createScope()
    place.below.set(key, below)
    this.count(selectionSet, below)
  }

  #countSpread(name: string, place: SelectionScope): void {
    // Fragments at one place are compared with each other, whatever they are called.
    this.#compare('...', place)
    this.spread.add(name)
    const fragment = this.#fragments.get(name)
    // One that spreads itself is refused by validation.
    if (!fragment || this.#open.has(name)) return
    this.#open.add(name)
    this.count(fragment.selectionSet, place)
    this.#open.delete(name)
  }

  #compare(name: string, place: SelectionScope): void {
    const others = place.counts.get(name) ?? 0
    place.counts.set(name, others + 1)
    this.#comparisons += others
    if (this.#comparisons > MAX_COMPARISONS)
      throw tooManyComparisonsError('The document has the same fields or fragments too often at one place')
  }
}

function tooManyComparisonsError(message: string): DomainError {
  return new DomainError('QUERY_TOO_COMPLEX', message)
}
