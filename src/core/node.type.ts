import { Field, ID, InterfaceType } from 'type-graphql'
import type { IdType } from './ids.js'

/** A row with the name of its GraphQL type, which interfaces and unions need. */
export type TypedRow = object & { readonly __typename: IdType }

@InterfaceType({
  description: 'An object with an id that is unique over all types, such as `ord_101`.',
  resolveType: (row: TypedRow) => row.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Id, unique over all types.' })
  id: bigint | string
}
