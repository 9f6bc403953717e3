import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql'

@ObjectType({ simpleResolvers: true, description: 'Where a page stands in its list, after the Relay connection specification.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follows `endCursor`.' })
  hasNextPage: boolean

  @Field(() => Boolean, { description: 'Whether more comes before `startCursor`.' })
  hasPreviousPage: boolean

  @Field(() => String, { nullable: true, description: 'Give it as `before` to read the page before this one.' })
  startCursor: string | null

  @Field(() => String, { nullable: true, description: 'Give it as `after` to read the page after this one.' })
  endCursor: string | null
}

@ArgsType()
export class PageArguments {
  @Field(() => Int, { nullable: true, description: 'So many from the start or after `after`: 1 to 100, 20 unless given.' })
  first?: number

  @Field(() => String, { nullable: true, description: 'The `endCursor` of the page before.' })
  after?: string

  @Field(() => Int, { nullable: true, description: 'So many from the end or before `before`: 1 to 100.' })
  last?: number

  @Field(() => String, { nullable: true, description: 'The `startCursor` of the page after.' })
  before?: string
}

/** Makes the edge and connection types of a node, such as OrderEdge and OrderConnection. */
export function connectionOf<T extends object>(Node: ClassType<T>, name: string, plural: string) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One of the ${plural} with its place in the list.` })
  class Edge {
    @Field(() => String, { description: 'Its place in the list, for `after` and `before`.' })
    cursor: string

    @Field(() => Node, { description: 'What stands at this place.' })
    node: T
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of ${plural}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The page with a cursor for every entry.' })
    edges: Edge[]

    @Field(() => [Node], { description: 'The page without cursors.' })
    nodes: T[]

    @Field(() => PageInfo, { description: 'Whether and where the list goes on.' })
    pageInfo: PageInfo

    /** Not a field: what `totalCount` calls when somebody asks for it. */
    count: () => Promise<number>

    @Field(() => Int, { description: 'How many there are in the whole list; counted only when you ask for it.' })
    totalCount(): Promise<number> {
      return this.count()
    }
  }
  return Connection
}
