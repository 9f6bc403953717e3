import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql'

@ObjectType({ simpleResolvers: true, description: 'The position of a page in its list, as in the Relay connection specification.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether entries follow `endCursor`.' })
  hasNextPage: boolean

  @Field(() => Boolean, { description: 'Whether entries precede `startCursor`.' })
  hasPreviousPage: boolean

  @Field(() => String, { nullable: true, description: 'Pass it as `before` to read the previous page.' })
  startCursor: string | null

  @Field(() => String, { nullable: true, description: 'Pass it as `after` to read the next page.' })
  endCursor: string | null
}

@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: 'The number of entries to read from the start of the list or after `after`: 1 to 100, default 20.',
  })
  first?: number

  @Field(() => String, { nullable: true, description: 'The `endCursor` of the previous page.' })
  after?: string

  @Field(() => Int, { nullable: true, description: 'The number of entries to read from the end of the list or before `before`: 1 to 100.' })
  last?: number

  @Field(() => String, { nullable: true, description: 'The `startCursor` of the next page.' })
  before?: string
}

/** So that aliases of `totalCount` count once. */
const counts = new WeakMap<() => Promise<number>, Promise<number>>()

function countOnce(count: () => Promise<number>): Promise<number> {
  const total = counts.get(count) ?? count()
  counts.set(count, total)
  return total
}

/** Creates the edge and connection types of a node, such as OrderEdge and OrderConnection. */
export function connectionOf<T extends object>(Node: ClassType<T>, name: string, plural: string) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One of the ${plural} with its position in the list.` })
  class Edge {
    @Field(() => String, { description: 'The position in the list. Pass it as `after` or `before`.' })
    cursor: string

    @Field(() => Node, { description: 'The entry at this position.' })
    node: T
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of ${plural}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The entries of the page, each with its cursor.' })
    edges: Edge[]

    @Field(() => [Node], { description: 'The entries of the page without cursors.' })
    nodes: T[]

    @Field(() => PageInfo, { description: 'Whether the list continues before and after this page.' })
    pageInfo: PageInfo

    /** Called by `totalCount` when it is selected. Not a GraphQL field. */
    count: () => Promise<number>

    @Field(() => Int, { description: 'The number of entries in the whole list. It is counted only when selected.' })
    totalCount(): Promise<number> {
      return countOnce(this.count)
    }
  }
  return Connection
}
