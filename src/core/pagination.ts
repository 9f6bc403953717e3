import { DomainError, invalidInputError } from './errors.js'

export const DEFAULT_PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

/** The arguments of a Relay connection. */
export interface ConnectionArguments {
  first?: number | null
  after?: string | null
  last?: number | null
  before?: string | null
}

/** A position in a list sorted by time and id, newest first. */
export interface Position<I = bigint> {
  readonly at: Date
  readonly id: I
}

/** A page to read from the database. `backward` pages are read in reverse order and then reversed. */
export interface PageRequest<I = bigint> {
  readonly size: number
  readonly backward: boolean
  readonly after?: Position<I>
  readonly before?: Position<I>
}

export interface Edge<T> {
  cursor: string
  node: T
}

export interface Page<T> {
  readonly edges: Edge<T>[]
  nodes: T[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

/** @throws BAD_USER_INPUT naming `first`, `last`, `after` or `before` */
export function parsePageRequest(pageArguments: ConnectionArguments): PageRequest {
  return parsePageRequestBy(pageArguments, (id) => (/^\d{1,18}$/.test(id) ? BigInt(id) : undefined))
}

/**
 * Like parsePageRequest, for a list whose ids are not numbers.
 * @param parse  returns undefined for a text that is not an id of the list
 */
export function parsePageRequestBy<I>({ first, after, last, before }: ConnectionArguments, parse: IdParser<I>): PageRequest<I> {
  if (first != null && last != null) throw invalidInputError('last', 'use either first or last, not both')
  return {
    size: parsePageSize('first', first) ?? parsePageSize('last', last) ?? DEFAULT_PAGE_SIZE,
    backward: last != null,
    ...(after != null && { after: decodeCursor('after', after, parse) }),
    ...(before != null && { before: decodeCursor('before', before, parse) }),
  }
}

/**
 * Builds a connection from the rows that were read for a request.
 * @param rows  in the order of reading (reversed for a backward request), one more than `size` when more
 *    exist
 */
export function buildPage<T, I>(request: PageRequest<I>, rows: readonly T[], position: (row: T) => Position<I>): Page<T> {
  const hasMore = rows.length > request.size
  const nodes = rows.slice(0, request.size)
  if (request.backward) nodes.reverse()
  const cursorOf = (node: T) => encodeCursor(position(node))
  const [first, last] = [nodes[0], nodes.at(-1)]
  return {
    // Created only when the edges are selected.
    get edges() {
      return nodes.map((node) => ({ cursor: cursorOf(node), node }))
    },
    nodes,
    pageInfo: {
      hasNextPage: request.backward ? request.before !== undefined : hasMore,
      hasPreviousPage: request.backward ? hasMore : request.after !== undefined,
      startCursor: first === undefined ? null : cursorOf(first),
      endCursor: last === undefined ? null : cursorOf(last),
    },
  }
}

/** A page with the number of rows in the whole list, which is counted only when it is selected. */
export type CountedPage<T> = Page<T> & { count: () => Promise<number> }

/** Adds the count to a page. The page is not copied, because a copy would create its edges. */
export function withCount<T>(page: Page<T>, count: () => Promise<number>): CountedPage<T> {
  return Object.assign(page, { count })
}

type IdParser<I> = (id: string) => I | undefined

interface KeysetReader<R> {
  /** Reads the rows that match `where`: `take` is one more than the size of the page. */
  read(query: { where: { id: { lt?: bigint; gt?: bigint } }; orderBy: { id: 'asc' | 'desc' }; take: number }): Promise<R[]>
  timeOf(row: R): Date
  /** Whether the oldest row comes first. */
  isOldestFirst?: boolean
}

/** Between which ids the rows of a page are that is sorted by id alone, and the order of reading them. */
export function idRange<I>({ after, before, backward }: PageRequest<I>, isOldestFirst: boolean) {
  const [upper, lower] = isOldestFirst ? [before, after] : [after, before]
  return { below: upper?.id, above: lower?.id, isAscending: backward !== isOldestFirst }
}

/**
 * Reads a page of rows that are sorted by id alone, newest first by default.
 * @throws BAD_USER_INPUT as parsePageRequest does
 */
export async function readPageById<R extends { id: bigint }>(
  pageArguments: ConnectionArguments,
  { read, timeOf, isOldestFirst = false }: KeysetReader<R>,
): Promise<Page<R>> {
  const request = parsePageRequest(pageArguments)
  const { below, above, isAscending } = idRange(request, isOldestFirst)
  const id = { ...(below !== undefined && { lt: below }), ...(above !== undefined && { gt: above }) }
  const rows = await read({ where: { id }, orderBy: { id: isAscending ? 'asc' : 'desc' }, take: request.size + 1 })
  return buildPage(request, rows, (row) => ({ at: timeOf(row), id: row.id }))
}

export function encodeCursor({ at, id }: Position<unknown>): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url')
}

function decodeCursor<I>(field: string, cursor: string, parse: IdParser<I>): Position<I> {
  const [, time, text = ''] = /^(\d{1,15})\.(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const position = { at: new Date(Number(time)), id: parse(text) }
  const { at, id } = position
  if (id === undefined || encodeCursor(position) !== cursor) throw invalidCursorError(field)
  return { at, id }
}

function invalidCursorError(field: string): DomainError {
  return invalidInputError(field, 'not a valid cursor of this list; pass startCursor or endCursor of a page unchanged')
}

function parsePageSize(field: string, size: number | null | undefined): number | undefined {
  if (size == null) return undefined
  if (size < 1 || size > MAX_PAGE_SIZE) throw invalidInputError(field, `must be between 1 and ${MAX_PAGE_SIZE}`)
  return size
}
